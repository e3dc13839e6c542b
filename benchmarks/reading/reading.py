"""Averages what readers said of a sheet (fluent, publishable, same meaning) by system, and how far they agree.

    PYTHONPATH=.:benchmarks QUALITY/bin/python benchmarks/reading/reading.py \
        --key OUT/sheet/key.tsv --reader ana/texts.tsv,ana/meanings.tsv --reader ben/texts.tsv,ben/meanings.tsv --record

Each reader fills in files of their own, as sheet.py wrote them. By system and question: the mean over all answers, its
95 % interval by bootstrap over passages, and the number of answers. A variation that is its source counts as the
source does, and as the same in meaning; `unchanged` says how many are. Below, for every two readers and each question,
how many answers are the same, and Cohen's kappa as agreement.py tells it.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from agreement import agreement
from measure import report, versions
from sheet import SOURCES

from pipelines.report.ratings import RATING_SCALE, YES_NO, Estimate, bootstrap

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTIONS = {"publishable": YES_NO, "fluent": RATING_SCALE, "same_meaning": RATING_SCALE}

Answers = dict[tuple[str, str], float]
"""By row and question."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", required=True, type=Path, metavar="FILE.tsv")
    parser.add_argument("--reader", required=True, action="append", metavar="FILE.tsv[,FILE.tsv]", help="repeated")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    key = rows_of(args.key)
    readers = [
        answers([Path(name) for name in names.split(",")], known={row["row"] for row in key}) for names in args.reader
    ]
    systems = means(key, readers)
    agreed = agreements(readers)
    print(table(systems), *agreed, sep="\n", file=sys.stderr)
    report(
        {
            "name": "reading",
            "command": f"reading.py --key {args.key.name}" + " --reader TEXTS,MEANINGS" * len(readers),
            "versions": versions("numpy", "scikit-learn"),
            "corpus": {"passages": len({row["passage"] for row in key}), "texts": len({row["row"] for row in key})},
            "readers": len(readers),
            "systems": systems,
            "agreement": agreed,
        },
        record=args.record,
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a file of tab-separated columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def answers(paths: Sequence[Path], *, known: set[str]) -> Answers:
    """The answers of one reader. Ends the script at a row of another sheet or at an answer that is not allowed."""
    found: Answers = {}
    for path in paths:
        for row in rows_of(path):
            if row["row"] not in known:
                sys.exit(f"{path}: the key has no row {row['row']}")
            for question, allowed in QUESTIONS.items():
                answer = (row.get(question) or "").strip().lower()
                if answer and answer not in allowed:
                    sys.exit(f"{path}, row {row['row']}: {question} is {answer!r}; expected {', '.join(allowed)}")
                if answer:
                    found[row["row"], question] = allowed[answer]
    return found


def means(key: Sequence[dict[str, str]], readers: Sequence[Answers]) -> dict[str, dict[str, dict[str, float]]]:
    """The estimates by system and question, with `changed` (share of words) and `unchanged` (share of passages)."""
    sources = {row["row"] for row in key if row["system"] == SOURCES}
    given: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in key:
        given[row["system"], "changed"][row["passage"]].append(float(row["changed"]))
        given[row["system"], "unchanged"][row["passage"]].append(float(row["row"] in sources))
        for question in QUESTIONS:
            for reader in readers:
                answer = reader.get((row["row"], question))
                if question == "same_meaning" and row["row"] in sources and row["system"] != SOURCES:
                    answer = max(RATING_SCALE.values())
                if answer is not None:
                    given[row["system"], question][row["passage"]].append(answer)
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for (system, question), by_passage in given.items():
        found[system][question] = asdict(bootstrap(list(by_passage.values())))
    return dict(found)


def agreements(readers: Sequence[Answers]) -> list[str]:
    """A line for every two readers and each question."""
    lines = []
    for (one, first), (other, second) in combinations(enumerate(readers, 1), 2):
        for question, allowed in QUESTIONS.items():
            rows = sorted(row for row, asked in first.keys() & second.keys() if asked == question)
            pairs = [(first[row, question], second[row, question]) for row in rows]
            if pairs:
                same, kappa = agreement(pairs, labels=[*allowed.values()])
                told = f"{same:.0%} of {len(pairs)} answers the same, kappa {kappa:.2f}"
                lines.append(f"readers {one} and {other}, {question}: {told}")
    return lines


def table(systems: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures as a Markdown table."""
    lines = ["| | publishable | fluent | same meaning | words changed | unchanged |", "|---" * 6 + "|"]
    for name, found in systems.items():
        cells = [
            _cell(found.get(question), ".2f" if QUESTIONS.get(question) is RATING_SCALE else ".0%")
            for question in (*QUESTIONS, "changed", "unchanged")
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(found: dict[str, float] | None, form: str) -> str:
    if found is None:
        return ""
    estimate = Estimate(mean=found["mean"], low=found["low"], high=found["high"], answers=int(found["answers"]))
    return f"{estimate.mean:{form}} ({estimate.low:{form}}–{estimate.high:{form}})"


if __name__ == "__main__":
    main()
