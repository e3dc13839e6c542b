"""What `augment` does to a post inside Beam, beside a bare decoding loop and the one-text-at-a-time way of a notebook.

- `variations`: segments encoded, their latents moved and decoded, and the texts put together from what was decoded.
- `judging`: every rule of default.yaml that has what it needs, measured and judged.
- `bare`: the latents that `variations` decoded, decoded once more by a loop over batches that keeps nothing but the
  pieces: the same model, precision, batch size, and number of rows, in the order in which they came. It must give the
  same pieces.
- `alone`, on fewer posts: for each candidate, each segment is encoded, sampled and decoded by itself, piece by piece,
  by the model as it was trained, in single precision. `alone as fast`: by the decoder that the others use.

A candidate is one variation of a whole post, whether it is accepted or not. Posts differ in length, so times are those
of a candidate's segment: seconds of the processor, in one thread, as in a worker of `augment`.

    python benchmarks/augment_speed.py --dataset DATASET --model MODEL
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import torch
from measure import report, versions

import vae.tries
from pipelines.assemble import PostPlan, assemble, plan_post
from pipelines.filters.engine import decide, load_rules, measure_all
from pipelines.filters.rule import Candidate
from pipelines.local_model import loaded_model
from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode.decoding import ROWS, Decoding, decode
from vae.variation import Sampling, Variation
from vae.varier import Varier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tokenizer.segments import Segment
    from vae.models.text_model import TextModel
    from vae.text_vae import TextVAE

    Made = list[tuple[PostPlan, Variation]]

RATIOS = {
    "variations / bare": "at most 1.25",
    "judging / all": "at most 0.15",
    "alone / all": "at least 8",
    "alone as fast / all": "",
}
"""`all` is variations and judging."""


def main() -> None:
    """Runs the sides in turn and prints ratios of medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True, type=Path, metavar="DIR", help="written by prepare")
    parser.add_argument("--model", required=True, metavar="DIR", help="written by train")
    parser.add_argument("--posts", type=int, default=64, help="of the test split, the first by id")
    parser.add_argument("--per-post", type=int, default=4, help="candidates of each")
    parser.add_argument("--posts-alone", type=int, default=2, help="varied one text at a time")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    model = loaded_model(args.model)
    plans = [plan for row in _test_posts(args.dataset)[: args.posts] if (plan := plan_post(row, model)).can_vary]
    sides = Sides(model, per_post=args.per_post)
    sides.run(plans[:1], plans[:1])  # what is paid once
    runs = []
    for number in range(1, args.runs + 1):
        runs.append(sides.run(plans, plans[: args.posts_alone]))
        print(
            f"run {number}: { ({name: round(1000 * time, 3) for name, time in runs[-1].items()}) } ms", file=sys.stderr
        )
    seconds = {name: [run[name] for run in runs] for name in runs[0]}
    middle = {name: median(values) for name, values in seconds.items()}
    middle["all"] = middle["variations"] + middle["judging"]
    report(
        {
            "name": "augment_speed",
            "command": f"augment_speed.py --dataset DATASET --model MODEL --posts {args.posts} "
            f"--per-post {args.per_post} --posts-alone {args.posts_alone} --runs {args.runs}",
            "versions": versions("blogvae", "torch"),
            "threads": torch.get_num_threads(),
            "model": {
                "family": model.settings.model.family,
                "parameters": sum(weight.numel() for weight in model.module.parameters()),
            },
            "corpus": {"posts": len(plans), "segments": _segments(plans), "candidates": len(plans) * args.per_post},
            "decoded_rows": sides.decoded_rows,
            "seconds_per_segment_of_a_candidate": seconds,
            "ratios": {name: round(_ratio(name, middle), 3) for name in RATIOS},
            "wanted": {name: told for name, told in RATIOS.items() if told},
        },
        record=args.record,
    )


class Sides:
    """The sides; the latents that the first one decodes are kept for the bare loop."""

    def __init__(self, model: TextVAE, *, per_post: int) -> None:
        self._model, self._per_post, self._rules = model, per_post, load_rules()
        self._z: list[torch.Tensor] = []
        vae.tries.decode = self._decode
        self.decoded_rows = 0

    def run(self, plans: Sequence[PostPlan], few: Sequence[PostPlan]) -> dict[str, float]:
        """Seconds of each side for a segment of a candidate. Ends the script where the bare loop decodes otherwise."""
        model, seconds = self._model, {}
        self._z.clear()
        segments, few_segments = self._per_post * _segments(plans), self._per_post * _segments(few)
        with _timed(seconds, "variations", segments):
            made = self._vary(plans)
        with _timed(seconds, "judging", segments):
            self._judge(made)
        z = torch.cat(self._z)
        self.decoded_rows = len(z)
        with _timed(seconds, "bare", segments):
            pieces = bare(model.decoder, z)
        same = sum(map(list.__eq__, pieces, decode(model.decoder, z, Decoding())))
        if same < 0.99 * len(z):  # a last batch that is not filled up may be rounded otherwise
            sys.exit(f"the bare loop gives the same pieces in {same} of {len(z)} rows")
        with _timed(seconds, "alone", few_segments):
            alone(model, model.module, few, self._per_post)
        with _timed(seconds, "alone as fast", few_segments):
            alone(model, model.decoder, few, self._per_post)
        return seconds

    def _decode(self, model: TextModel, z: torch.Tensor, *args: Any, **named: Any) -> list[list[int]]:
        self._z.append(z)
        return decode(model, z, *args, **named)

    def _vary(self, plans: Sequence[PostPlan]) -> Made:
        """Every candidate of every post, as a unit of augment makes them."""
        varier = Varier(self._model, Sampling())
        made: Made = []
        for number in range(self._per_post):
            keys = [(plan.post["post_id"], number) for plan in plans]
            made += zip(plans, varier([plan.segments for plan in plans], keys=keys), strict=True)
        return made

    def _judge(self, made: Made) -> int:
        candidates = [_candidate(self._model, plan, variation) for plan, variation in made]
        scores = measure_all(candidates, self._rules, self._model)
        return sum(all(judgement.kept for judgement in decide(each, self._rules)) for each in scores)


@torch.inference_mode()
def bare(model: TextModel, z: torch.Tensor) -> list[list[int]]:
    """Greedy, in batches as they come; a batch ends with its longest text."""
    rows: list[list[int]] = []
    for start in range(0, len(z), ROWS):
        batch = z[start : start + ROWS].to(model.bias.dtype)
        state = model.start(batch)
        previous = torch.full((len(batch),), BOS)
        ended = torch.zeros(len(batch), dtype=torch.bool)
        pieces = []
        for place in range(model.max_len):
            scores, state = model.step(state, previous, place)
            scores[:, [PAD, UNK, BOS]] = -torch.inf
            previous = scores.argmax(-1)
            pieces.append(previous)
            ended |= previous == EOS
            if ended.all():
                break
        rows += torch.stack(pieces, 1).tolist()
    return [row[: row.index(EOS)] if EOS in row else row for row in rows]


@torch.inference_mode()
def alone(model: TextVAE, decoder: TextModel, plans: Sequence[PostPlan], per_post: int) -> list[str]:
    """Every candidate by itself, segment by segment: encode, sample q(z|x), decode piece by piece."""
    return [
        " ".join(_alone(model, decoder, segment) for segment in plan.segments if segment.ids)
        for plan in plans
        for _ in range(per_post)
    ]


def _alone(model: TextVAE, decoder: TextModel, segment: Segment) -> str:
    ids = torch.tensor([[*segment.ids, EOS]])
    latents = model.module.encode(ids, torch.tensor([ids.shape[1]]))
    state = decoder.start(latents.sample(torch.randn_like(latents.mean)).to(decoder.bias.dtype))
    pieces: list[int] = []
    piece = BOS
    while len(pieces) < decoder.max_len:
        scores, state = decoder.step(state, torch.tensor([piece]), len(pieces))
        scores[:, [PAD, UNK, BOS]] = -torch.inf
        piece = int(scores.argmax())
        if piece == EOS:
            break
        pieces.append(piece)
    return model.tokenizer.decode([pieces])[0]


def _candidate(model: TextVAE, plan: PostPlan, variation: Variation) -> Candidate:
    assembled = assemble(plan, variation.segments)
    pairs = zip(plan.segments, variation.segments, strict=True)
    return Candidate(
        source=plan.post["text"],
        text=assembled.text,
        change=assembled.change,
        segments=tuple((segment.protected.masked, model.tokenizer.protect(text).masked) for segment, text in pairs),
        language=plan.post["language"],
        protects=model.tokenizer.protects,
    )


def _test_posts(dataset: Path) -> list[dict[str, Any]]:
    manifest = json.loads((dataset / "MANIFEST.json").read_text(encoding="utf-8"))
    paths = [dataset / file["path"] for file in manifest["files"] if file["path"].startswith("posts/")]
    rows = [row for path in paths for row in pq.read_table(path).to_pylist()]
    return sorted((row for row in rows if row["split"] == "test"), key=lambda row: str(row["post_id"]))


def _segments(plans: Sequence[PostPlan]) -> int:
    return sum(bool(segment.ids) for plan in plans for segment in plan.segments)


def _ratio(name: str, seconds: dict[str, float]) -> float:
    one, other = name.split(" / ")
    return seconds[one] / seconds[other]


@contextmanager
def _timed(seconds: dict[str, float], side: str, units: int) -> Iterator[None]:
    started = time.process_time()
    yield
    seconds[side] = (time.process_time() - started) / units


if __name__ == "__main__":
    main()
