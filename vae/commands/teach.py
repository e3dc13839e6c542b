"""`python -m vae.teach`: a masked model taught by what people write in a word's place."""

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
"""Pieces of a text that is taught."""

_HELD_OUT = 0.08
"""Share of the rewordings that is measured on."""

FORGOTTEN = 0.05
"""Nats that a hidden piece of general prose may cost more than before."""

_SHARES = (1.0, 0.7, 0.5, 0.4, 0.3, 0.2)
"""Shares of the way from the weights before to those taught: the largest that forgets little is taken."""

_MEASURED = 1000
"""Most rewordings that are measured on."""

PROSE_TEXTS, PROSE_ROWS = 64, 16
"""Texts of general prose that are measured on, and how many at a time."""


class Tests(NamedTuple):
    """What a model is measured on, before and after."""

    rewordings: Sequence[Example]
    judged: Sequence[Judged]
    prose: TextWindows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of teach."""
    add_model_argument(parser)
    parser.add_argument("--output", required=True, metavar="DIR", help="the model folder to write")
    parser.add_argument(
        "--revisions",
        required=True,
        metavar="FILE",
        help="JSON lines of source, old, new: sentences that authors reworded",
    )
    parser.add_argument(
        "--coinco", required=True, metavar="FILE", help="JSON lines of places with people's substitutes"
    )
    parser.add_argument("--corpus", required=True, metavar="TRAIN.u16", help="pieces of general prose, 16 bits each")
    parser.add_argument("--validation", required=True, metavar="FILE.u16", help="pieces of other prose, to measure on")
    parser.add_argument("--swords", metavar="FILE", help="SWORDS: to measure on; CoInCo's sentences in it are left out")
    parser.add_argument("--language", default="en", help="of the texts")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long to teach")
    parser.add_argument("--steps", type=int, default=0, help="how many steps instead of --minutes; 0: as time allows")
    parser.add_argument(
        "--batch", type=int, default=1, help="six rewordings, five substitutes, two windows, so many times"
    )
    parser.add_argument("--learning-rate", type=float, default=1e-4, help="at its highest")
    parser.add_argument("--device", help="cpu or cuda; a GPU where there is one")
    parser.add_argument("--seed", type=int, default=0, help="what is drawn follows from it")
    parser.add_argument(
        "--held-out", action="append", default=[], metavar="OWNER", help="whose rewordings to measure on, not teach"
    )


def run(args: argparse.Namespace) -> None:
    """Measures, teaches, writes the model in 8 bits, and measures what was written."""
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
    lessons, tests = _lessons(args, model)
    before = _measured(model, tests)
    log.info("before: %s", json.dumps(before))
    start = deepcopy(model.module.state_dict())
    steps = teach(model.module, lessons, settings)
    share = _go_back(model, start, tests.prose, before["prose"])
    model.__dict__.pop("sha256", None)  # of the weights before
    model.save(folder, precision="int8")
    after = _measured(TextVAE.load(folder, device=device), tests)
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
    told = "writes more of what people write" if metrics["better"] else "is no better than before: do not take it"
    log.info("%s %s; its calibration is that of before, run calibrate", folder, told)


def _lessons(args: argparse.Namespace, model: TextVAE) -> tuple[Lessons, Tests]:
    """What to teach from, and what to measure on."""
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
    found = weighed(_of_like_meaning(Path(args.revisions), spoken, model), spoken.stop_words)
    learned, others = held_out(found, _HELD_OUT, args.held_out)
    examples, tests = (
        [made for each in group if (made := reworded(each, model.tokenizer, longest=_LONGEST))]
        for group in (learned, others)
    )
    log.info("%d rewordings to teach, %d to measure; %d places of CoInCo", len(examples), len(tests), len(substitutes))
    if not (examples and tests and substitutes):
        raise UserError("too few rewordings or substitutes are left to teach and to measure")
    sizes = {"longest": model.max_len, "vocab_size": model.tokenizer.vocab_size}
    prose = TextWindows(Path(args.corpus), **sizes)
    chosen = Random(args.seed).sample(tests, min(_MEASURED, len(tests)))
    return Lessons(rewordings=examples, substitutes=substitutes, prose=prose), Tests(
        chosen, judged, TextWindows(Path(args.validation), **sizes)
    )


def _of_like_meaning(path: Path, spoken: Language, model: TextVAE) -> list[Exchange]:
    """The exchanges of a file that change words alone, and not what is said; what was left out is logged."""
    from vae.language.sentence_encoder import SentenceEncoder  # noqa: PLC0415
    from vae.teaching.infilling import reworded  # noqa: PLC0415
    from vae.teaching.revisions import exchanges, objection, read_revisions  # noqa: PLC0415
    from vae.teaching.same_meaning import far_apart, say_the_same, vector_cosines  # noqa: PLC0415

    module = cast("MaskedVAE", model.module)
    vectors, usage = module.vectors.cpu(), module.config.usage
    reasons: Counter[str] = Counter()
    near: dict[Exchange, float] = {}
    for revision in read_revisions(path):
        for each in exchanges(revision):
            reason = objection(each, spoken)
            made = None if reason else reworded(each, model.tokenizer, longest=_LONGEST)
            if made is None:
                reasons[reason or "too long, or nothing"] += 1
                continue
            cosines = vector_cosines(made, vectors, usage)
            if far_apart(cosines):
                reasons["words far apart"] += 1
            else:
                near[each] = cosines[1]
    log.info("reading %d passages before and after", len(near))
    found = list(near)
    same = say_the_same(found, list(near.values()), SentenceEncoder.load())
    reasons["another meaning"] = same.count(False)
    log.info("left out: %s", ", ".join(f"{reason} {count}" for reason, count in reasons.most_common()))
    return [each for each, is_same in zip(found, same, strict=True) if is_same]


def _go_back(model: TextVAE, start: dict[str, Tensor], prose: TextWindows, before: dict[str, float]) -> float:
    """Takes the weights back towards those at the start until little is forgotten: what share of the way is left."""
    from vae.teaching.masked_teaching import between  # noqa: PLC0415
    from vae.teaching.substitution import remembers  # noqa: PLC0415

    taught = deepcopy(model.module.state_dict())
    for share in _SHARES:
        model.module.load_state_dict(between(start, taught, share))
        if remembers(before, _prose_nats(model, prose), forgotten=FORGOTTEN):
            break
    log.info("%.0f%% of the way from the weights before to those taught", 100 * share)
    return share


def _measured(model: TextVAE, tests: Tests) -> dict[str, Any]:
    """The figures that tell whether a model is better for having been taught."""
    from vae.teaching.substitution import first_choices, written  # noqa: PLC0415

    module = cast("MaskedVAE", model.module)
    return {
        "rewordings": written(module, tests.rewordings, seed=0),
        "first choices": first_choices(module, tests.judged, seed=0) if tests.judged else {},
        "prose": _prose_nats(model, tests.prose),
    }


def _prose_nats(model: TextVAE, prose: TextWindows) -> dict[str, float]:
    """What hidden pieces of general prose cost, by share of hidden words and level."""
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
