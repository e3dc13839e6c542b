"""Measures how much of a text changes by `--change` and by `--at-least`.

    python benchmarks/change_reached.py --record

`--change` is the greatest share of words that may change, and `--at-least` the least probability that people accept an
edit. With --at-least 0 every edit is allowed, so the requested change should be reached: the first table has requested
and measured change. With --change at MOST, --at-least alone decides: the second table has for each floor the change,
the edits of a passage, the share of passages left as they were, and the similarity by all-MiniLM-L6-v2 of the
variations that changed something.

It reads the passages of reading/passages.tsv, on everyday subjects, unless others are named. It needs `pip install
blogvae[similarity]`.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from measure import report, versions
from quality_measures import Embeddings, with_interval
from varied_passages import edits
from vary_passages import add_passages_arguments, loaded, ours, passages_of

from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANGES = (0.1, 0.2, 0.3)
FLOORS = (0.0, 0.3, 0.5, 0.7, 0.9)
MOST = 0.3
SEED = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="base-en", metavar="DIR")
    parser.add_argument("--n", type=int, default=2, help="variations of each passage")
    add_passages_arguments(parser)
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    sources = [passage.text for passage in passages_of(args)]
    model, embeddings = loaded(args.model), Embeddings(None)

    def measured(change: float, floor: float) -> dict[str, Any]:
        variations = ours(model, sources, n=args.n, change=change, at_least=floor, seed=SEED)
        return {"change": change, "at_least": floor, **figures(sources, variations, embeddings)}

    by_change = [measured(change, 0.0) for change in CHANGES]
    by_floor = [measured(MOST, floor) for floor in FLOORS]
    print(table(by_change), table(by_floor), sep="\n\n", file=sys.stderr)
    report(
        {
            "name": "change_reached",
            "command": f"change_reached.py --model {args.model} --n {args.n}",
            "versions": versions("torch", "sentence-transformers"),
            "corpus": {"passages": len(sources), "words": sum(len(source.split()) for source in sources)},
            "asked": by_change,
            "floors": by_floor,
        },
        record=args.record,
    )


def figures(
    sources: Sequence[str], variations: Sequence[Sequence[str]], embeddings: Embeddings
) -> dict[str, list[float]]:
    """Returns means over passages with their 95 % intervals; similarity leaves out variations that are the source."""
    embeddings.add([*sources, *(text for row in variations for text in row)])
    values: dict[str, list[float]] = {"changed": [], "edits": [], "unchanged": [], "similarity": []}
    for source, row in zip(sources, variations, strict=True):
        values["changed"].append(_mean([changed_words(source, text) for text in row]))
        values["edits"].append(_mean([edits(source, text) for text in row]))
        values["unchanged"].append(_mean([text == source for text in row]))
        values["similarity"].append(
            _mean([embeddings.similarity((source,), (text,)) for text in row if text != source])
        )
    return {name: [*with_interval(np.array(each), seed=SEED)] for name, each in values.items()}


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Returns the figures as a Markdown table."""
    lines = ["| --change | --at-least | changed | edits a passage | left as it was | similarity |", "|---" * 6 + "|"]
    for row in rows:
        forms = {"changed": ".3f", "edits": ".1f", "unchanged": ".0%", "similarity": ".3f"}
        cells = (_cell(row[name], form) for name, form in forms.items())
        lines.append(f"| {row['change']:g} | {row['at_least']:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(interval: Sequence[float], form: str) -> str:
    mean, low, high = (f"{value:{form}}" for value in interval)
    return f"{mean} ({low}–{high})"


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


if __name__ == "__main__":
    main()
