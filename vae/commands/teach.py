"""`python -m vae.teach`: teaches a masked model what people write in a word's place."""

from __future__ import annotations

import json
import logging
import sys
from collections import Counter
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from vae.commands.command import Command, main
from vae.errors import UserError
from vae.language.language import language
from vae.model_folder.shipped import add_model_argument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torch import Tensor

    from vae.language.language import Language
    from vae.models.masked import MaskedVAE
    from vae.teaching.infilling import Example
    from vae.teaching.masked_teaching import Lessons
    from vae.teaching.revisions import Exchange
    from vae.teaching.substitutes import Judged
    from vae.teaching.text_windows import TextWindows
    from vae.text_vae import TextVAE

log = logging.getLogger("blogvae")

_LONGEST = 64
"""The most pieces of a text that is taught."""

_HELD_OUT = 0.08
"""The share of the rewordings that is held out to measure on."""

FORGOTTEN = 0.05
"""The most nats that a hidden piece of general prose may cost more after teaching."""

_SHARES = (1.0, 0.7, 0.5, 0.4, 0.3, 0.2)
"""Shares of the way from the first weights to the taught ones; the largest that forgets little enough is kept."""

_MEASURED = 1000
"""The most rewordings that are measured on."""

PROSE_TEXTS, PROSE_ROWS = 64, 16
"""How many texts of general prose are measured on, and how many of them at a time."""


class HeldOut(NamedTuple):
    """What a model is measured on, before and after teaching.

    `rewordings`: those that are not taught; `judged`: words with the substitutes that people judged; `prose`:
    windows of general prose.
    """

    rewordings: Sequence[Example]
    judged: Sequence[Judged]
    prose: TextWindows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of teach."""
    add_model_argument(parser)
    parser.add_argument("--output", required=True, metavar="DIR", help="new model folder to write")
    parser.add_argument(
        "--revisions",
        required=True,
        metavar="FILE",
        help="sentences that authors reworded: JSON lines with source, old and new",
    )
    parser.add_argument(
        "--coinco",
        required=True,
        metavar="FILE",
        help="words with the substitutes that people gave (CoInCo), as JSON lines",
    )
    parser.add_argument(
        "--corpus",
        required=True,
        metavar="TRAIN.u16",
        help="general prose that the model keeps reading, as pieces of 16 bits each",
    )
    parser.add_argument(
        "--validation",
        required=True,
        metavar="FILE.u16",
        help="other general prose to measure on, as pieces of 16 bits each",
    )
    parser.add_argument(
        "--swords", metavar="FILE", help="the data set SWORDS to measure on; its sentences are not taught"
    )
    parser.add_argument("--language", default="en", help="language of the texts, an ISO 639 code")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long to teach")
    parser.add_argument("--steps", type=int, default=0, help="how many steps to teach; 0 teaches for --minutes")
    parser.add_argument(
        "--batch",
        type=int,
        default=1,
        help="size of a step: this many times 6 rewordings, 5 substitutes and 2 windows of prose",
    )
    parser.add_argument("--learning-rate", type=float, default=1e-4, help="highest learning rate of the schedule")
    parser.add_argument("--device", help="cpu or cuda; without it, a GPU if there is one")
    parser.add_argument("--seed", type=int, default=0, help="random seed of all that is drawn")
    parser.add_argument(
        "--held-out",
        action="append",
        default=[],
        metavar="OWNER",
        help="an author whose rewordings are measured on and not taught; may be given more than once",
    )


def run(args: argparse.Namespace) -> None:
    """Measures a model, teaches it, writes it in 8 bits, and measures what was written."""
    import torch  # noqa: PLC0415  (torch is slow to import, --help should not wait)

    from vae.models.masked import MaskedVAE  # noqa: PLC0415
    from vae.teaching.masked_teaching import TeachingSettings, teach  # noqa: PLC0415
    from vae.teaching.substitution import better  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415

    folder = Path(args.output)
    if folder.exists():
        raise UserError(f"--output {folder} is there already: name a new folder")
    device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    model = TextVAE.load(args.model, device=device)
    if not isinstance(model.module, MaskedVAE):
        raise UserError(
            f"{args.model} is of the family {model.settings.model.family}; only a masked model can be taught"
        )
    settings = TeachingSettings(
        minutes=args.minutes,
        steps=args.steps,
        rewordings=6 * args.batch,
        substitutes=5 * args.batch,
        windows=2 * args.batch,
        learning_rate=args.learning_rate,
        seed=args.seed,
    )
    lessons, held_out = _lessons(args, model)
    before = _measure(model, held_out)
    log.info("before: %s", json.dumps(before))
    start = deepcopy(model.module.state_dict())
    steps = teach(model.module, lessons, settings)
    share = _go_back(model, start, held_out.prose, before["prose"])
    model.__dict__.pop("sha256", None)  # cached, of the weights before teaching
    model.save(folder, precision="int8")
    after = _measure(TextVAE.load(folder, device=device), held_out)
    log.info("after %d steps: %s", steps, json.dumps(after))
    metrics = {
        "steps": steps,
        "share": share,
        "settings": vars(args),
        "before": before,
        "after": after,
        "better": better(before, after, forgotten=FORGOTTEN),
    }
    (folder / "teaching.json").write_text(json.dumps(metrics, indent=2) + "\n")
    verdict = "writes more of what people write" if metrics["better"] else "is no better than before: do not take it"
    log.info("%s %s; its calibration is that of before, run calibrate", folder, verdict)


def _lessons(args: argparse.Namespace, model: TextVAE) -> tuple[Lessons, HeldOut]:
    """Returns what to teach from, and what to measure on.

    Raises:
        UserError: the language has no lexicon, or too little is left.
    """
    from vae.teaching.infilling import reworded  # noqa: PLC0415
    from vae.teaching.masked_teaching import Lessons  # noqa: PLC0415
    from vae.teaching.revisions import held_out, weighed  # noqa: PLC0415
    from vae.teaching.substitutes import Forms, coinco_examples, judged_choices  # noqa: PLC0415
    from vae.teaching.substitution_corpora import Swords, read_coinco, read_swords  # noqa: PLC0415
    from vae.teaching.text_windows import TextWindows  # noqa: PLC0415

    spoken = language(args.language)
    if spoken.lexicon is None:
        raise UserError(f"--language {args.language}: no lexicon says how its words are inflected")
    forms = Forms(model.tokenizer, spoken.lexicon)
    swords = read_swords(Path(args.swords)) if args.swords else Swords([], [])
    judged, left_out = judged_choices(swords.targets, forms), swords.letters_and_digits
    substitutes = list(coinco_examples(read_coinco(Path(args.coinco)), forms, longest=_LONGEST, left_out=left_out))
    exchanges = weighed(_of_like_meaning(Path(args.revisions), spoken, model), spoken.stop_words)
    taught, measured = (
        [example for each in group if (example := reworded(each, model.tokenizer, longest=_LONGEST))]
        for group in held_out(exchanges, _HELD_OUT, args.held_out)
    )
    log.info("%d rewordings to teach, %d to measure; %d places of CoInCo", len(taught), len(measured), len(substitutes))
    if not (taught and measured and substitutes):
        raise UserError("too few rewordings or substitutes are left to teach and to measure")
    sizes = {"longest": model.max_len, "vocab_size": model.tokenizer.vocab_size}
    prose = TextWindows(Path(args.corpus), **sizes)
    chosen = Random(args.seed).sample(measured, min(_MEASURED, len(measured)))
    return Lessons(rewordings=taught, substitutes=substitutes, prose=prose), HeldOut(
        chosen, judged, TextWindows(Path(args.validation), **sizes)
    )


def _of_like_meaning(path: Path, spoken: Language, model: TextVAE) -> list[Exchange]:
    """Returns the exchanges of a file that change the words but not the meaning. Logs what was left out, and why."""
    from vae.language.sentence_encoder import SentenceEncoder  # noqa: PLC0415
    from vae.teaching.infilling import reworded  # noqa: PLC0415
    from vae.teaching.revisions import exchanges, objection, read_revisions  # noqa: PLC0415
    from vae.teaching.same_meaning import far_apart, say_the_same, vector_cosines  # noqa: PLC0415

    module = cast("MaskedVAE", model.module)
    vectors, usage = module.vectors.cpu(), module.config.usage
    reasons: Counter[str] = Counter()
    cosine_of: dict[Exchange, float] = {}
    for revision in read_revisions(path):
        for each in exchanges(revision):
            reason = objection(each, spoken)
            example = None if reason else reworded(each, model.tokenizer, longest=_LONGEST)
            if example is None:
                reasons[reason or "too long, or nothing"] += 1
                continue
            cosines = vector_cosines(example, vectors, usage)
            if far_apart(cosines):
                reasons["words far apart"] += 1
            else:
                cosine_of[each] = cosines[1]
    log.info("reading %d passages before and after", len(cosine_of))
    near = list(cosine_of)
    same = say_the_same(near, list(cosine_of.values()), SentenceEncoder.load())
    reasons["another meaning"] = same.count(False)
    log.info("left out: %s", ", ".join(f"{reason} {count}" for reason, count in reasons.most_common()))
    return [each for each, is_same in zip(near, same, strict=True) if is_same]


def _go_back(model: TextVAE, start: dict[str, Tensor], prose: TextWindows, before: dict[str, float]) -> float:
    """Moves the weights back towards `start` until little is forgotten, and returns the share of the way left."""
    from vae.teaching.masked_teaching import between  # noqa: PLC0415
    from vae.teaching.substitution import remembers  # noqa: PLC0415

    taught = deepcopy(model.module.state_dict())
    for share in _SHARES:
        model.module.load_state_dict(between(start, taught, share))
        if remembers(before, _prose_nats(model, prose), forgotten=FORGOTTEN):
            break
    log.info("%.0f%% of the way from the weights before to those taught", 100 * share)
    return share


def _measure(model: TextVAE, held_out: HeldOut) -> dict[str, Any]:
    """Returns the figures that show whether teaching made a model better."""
    from vae.teaching.substitution import first_choices, written  # noqa: PLC0415

    module = cast("MaskedVAE", model.module)
    return {
        "rewordings": written(module, held_out.rewordings, seed=0),
        "first choices": first_choices(module, held_out.judged, seed=0) if held_out.judged else {},
        "prose": _prose_nats(model, held_out.prose),
    }


def _prose_nats(model: TextVAE, prose: TextWindows) -> dict[str, float]:
    """Returns the nats of a hidden piece of general prose, by share of hidden words and level of noise."""
    from vae.evaluation.hidden_nats import hidden_nats  # noqa: PLC0415

    generator = np.random.default_rng(0)
    batches = [
        prose.draw(PROSE_ROWS, model.max_len, generator=generator, device=model.device)
        for _ in range(PROSE_TEXTS // PROSE_ROWS)
    ]
    return {
        f"{each.hidden:.0%} hidden, level {each.level}": round(each.nats, 4)
        for each in hidden_nats(cast("MaskedVAE", model.module), batches, seed=0)
    }


COMMAND = Command(
    name="teach", help="teach a masked model what people write instead", add_arguments=add_arguments, run=run
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
