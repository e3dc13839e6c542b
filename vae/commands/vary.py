"""`blogvae vary`: prints variations of one text."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from vae.commands.command import Command, main
from vae.commands.sampling_flags import add_sampling_arguments, sampling_of
from vae.errors import UserError
from vae.model_folder.shipped import add_model_argument

if TYPE_CHECKING:
    import argparse

    from vae.text_vae import TextVAE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of vary."""
    parser.add_argument("text", help="text to vary; - reads it from standard input")
    add_model_argument(parser)
    parser.add_argument("-n", "--n", type=int, default=5, help="how many variations to print")
    add_sampling_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Prints each variation on a line, after its share of changed words, and the reason if there are too few."""
    if args.n < 1:
        raise UserError(f"-n {args.n}: ask for at least one variation")
    text = _text(args.text)
    gc.disable()  # each collection would look at all objects of torch: a third of a second until the first variation
    try:
        _print_variations(text, args)
    finally:
        gc.enable()


def _print_variations(text: str, args: argparse.Namespace) -> None:
    """Prints the variations of a text, as `run` does."""
    from tokenizer.segments import cut  # noqa: PLC0415  (numpy and torch are slow to import, --help should not wait)
    from vae.text_vae import TextVAE  # noqa: PLC0415
    from vae.variation.variation_maker import VariationMaker  # noqa: PLC0415

    sampling = sampling_of(args)
    model = TextVAE.load(args.model)
    segments = cut([text], tokenizer=model.tokenizer, max_len=model.max_len)
    maker, language = VariationMaker(model, sampling), _language(text, model)
    candidates = [maker(segments, keys=[(text, number)], languages=[language])[0] for number in range(args.n)]
    variations = [candidate for candidate in candidates if not candidate.why_short]
    for variation in variations:
        print(f"{variation.change:4.0%}  {variation.text}")
    if len(variations) < len(candidates):
        why = next(candidate.why_short for candidate in candidates if candidate.why_short)
        print(f"{len(variations)} of {len(candidates)} variations: {why}", file=sys.stderr)


def _text(argument: str) -> str:
    """Returns the text to vary in one line. Raises UserError if it is empty or not UTF-8."""
    try:
        text = sys.stdin.buffer.read().decode() if argument == "-" else argument.encode().decode()
    except UnicodeError as error:
        raise UserError(f"the text holds bytes that are not UTF-8 ({error}); give it as UTF-8") from error
    text = " ".join(text.split())
    if not text:
        raise UserError("the text is empty: give a sentence or a paragraph")
    return text


def _language(text: str, model: TextVAE) -> str:
    """Returns the language of a text, or "" if it is uncertain or the model has no languages."""
    if not model.languages:
        return ""
    from vae.language.identify import sure_language  # noqa: PLC0415  (as above)

    return sure_language(text)


COMMAND = Command(
    name="vary",
    help="print variations of one text",
    add_arguments=add_arguments,
    run=run,
    examples=(
        'blogvae vary --model base-en -n 3 "The kettle takes a long time to boil."',
        "blogvae vary --model base-en --change 0.15 --ban slow - < post.txt",
    ),
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
