"""`blogvae vary`: variations of one text, on the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vae.commands.command import Command, main
from vae.commands.sampling_flags import add_sampling_arguments, sampling_of
from vae.errors import UserError
from vae.model_folder.shipped import add_model_argument

if TYPE_CHECKING:
    import argparse

    from vae.text_vae import TextVAE

_SURE = 0.5
"""Confidence with which a text must be of another language than the model's to be left as it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of vary."""
    parser.add_argument("text", help="what to vary; - reads it from standard input")
    add_model_argument(parser)
    parser.add_argument("-n", "--n", type=int, default=5, help="how many variations")
    add_sampling_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Prints one variation a line, behind the share of words it changed, and why where there are fewer than asked."""
    if args.n < 1:
        raise UserError(f"-n {args.n}: ask for at least one variation")
    text = _text(args.text)
    from tokenizer.segments import cut  # noqa: PLC0415  (numpy and torch are slow to import, --help should not wait)
    from vae.text_vae import TextVAE  # noqa: PLC0415
    from vae.variation.variation_maker import VariationMaker  # noqa: PLC0415

    sampling = sampling_of(args)
    model = TextVAE.load(args.model)
    segments = cut([text], tokenizer=model.tokenizer, max_len=model.max_len)
    varier, language = VariationMaker(model, sampling), _language(text, model)
    found = [varier(segments, keys=[(text, number)], languages=[language])[0] for number in range(args.n)]
    made = [variation for variation in found if not variation.why_short]
    for variation in made:
        print(f"{variation.change:4.0%}  {variation.text}")
    if len(made) < len(found):
        why = next(variation.why_short for variation in found if variation.why_short)
        print(f"{len(made)} of {len(found)} variations: {why}", file=sys.stderr)


def _text(told: str) -> str:
    """The text in one line. Raises UserError where it is empty or no text."""
    try:
        text = sys.stdin.buffer.read().decode() if told == "-" else told.encode().decode()
    except UnicodeError as error:
        raise UserError(f"the text holds bytes that are not UTF-8 ({error}); give it as UTF-8") from error
    text = " ".join(text.split())
    if not text:
        raise UserError("the text is empty: give a sentence or a paragraph")
    return text


def _language(text: str, model: TextVAE) -> str:
    """The text's language where it surely is another than the model's, else ""."""
    if not model.languages:
        return ""
    from vae.language.identify import identify  # noqa: PLC0415  (as above)

    found = identify(text)
    return found.code if found.confidence >= _SURE else ""


COMMAND = Command(name="vary", help="variations of one text", add_arguments=add_arguments, run=run)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
