"""Averages the answers of readers on a sheet (fluent, publishable, same meaning) by system, and how well they agree.

    PYTHONPATH=.:benchmarks QUALITY/bin/python benchmarks/reading/reading.py \
        --key OUT/sheet/key.tsv --reader ana/texts.tsv,ana/meanings.tsv --reader ben/texts.tsv,ben/meanings.tsv --record

Each reader fills in copies of the files that sheet.py wrote. The table has for each system and question the mean over
all answers, and its 95 % interval by bootstrap over passages. A variation that equals its source has the answers of the
source, and the same meaning; `unchanged` is the share of such variations. Lines below the table tell for every two
readers and each question how many answers are the same, and Cohen's kappa as agreement.py measures it.
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

from pipelines.report.ratings import RATING_SCALE, YES_NO, bootstrap

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTIONS = {"publishable": YES_NO, "fluent": RATING_SCALE, "same_meaning": RATING_SCALE}

Answers = dict[tuple[str, str], float]
"""Answers of one reader by row and question."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", required=True, type=Path, metavar="FILE.tsv")
    parser.add_argument(
        "--reader",
        required=True,
        action="append",
        metavar="FILE.tsv[,FILE.tsv]",
        help="the files of one reader; repeated for each",
    )
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    key = rows_of(args.key)
    readers = [
        answers([Path(name) for name in names.split(",")], rows={row["row"] for row in key}) for names in args.reader
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
    """Reads the rows of a file of tab-separated columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def answers(paths: Sequence[Path], *, rows: set[str]) -> Answers:
    """Reads the answers of one reader. Ends the script at a row of another sheet or an answer that is not allowed."""
    given: Answers = {}
    for path in paths:
        for row in rows_of(path):
            if row["row"] not in rows:
                sys.exit(f"{path}: the key has no row {row['row']}")
            for question, allowed in QUESTIONS.items():
                answer = (row.get(question) or "").strip().lower()
                if answer and answer not in allowed:
                    sys.exit(f"{path}, row {row['row']}: {question} is {answer!r}; expected {', '.join(allowed)}")
                if answer:
                    given[row["row"], question] = allowed[answer]
    return given


def means(key: Sequence[dict[str, str]], readers: Sequence[Answers]) -> dict[str, dict[str, dict[str, float]]]:
    """Estimates the answers by system and question, with `changed` (share of words) and `unchanged` (of passages)."""
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
    estimates: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for (system, question), by_passage in given.items():
        estimates[system][question] = asdict(bootstrap(list(by_passage.values())))
    return dict(estimates)


def agreements(readers: Sequence[Answers]) -> list[str]:
    """Returns a line on the agreement of every two readers on each question."""
    lines = []
    for (one, first), (other, second) in combinations(enumerate(readers, 1), 2):
        for question, allowed in QUESTIONS.items():
            rows = sorted(row for row, asked in first.keys() & second.keys() if asked == question)
            pairs = [(first[row, question], second[row, question]) for row in rows]
            if pairs:
                same, kappa = agreement(pairs, labels=[*allowed.values()])
                shares = f"{same:.0%} of {len(pairs)} answers the same, kappa {kappa:.2f}"
                lines.append(f"readers {one} and {other}, {question}: {shares}")
    return lines


def table(systems: dict[str, dict[str, dict[str, float]]]) -> str:
    """Returns the figures as a Markdown table."""
    lines = ["| | publishable | fluent | same meaning | words changed | unchanged |", "|---" * 6 + "|"]
    for name, estimates in systems.items():
        cells = [
            _cell(estimates.get(question), ".2f" if QUESTIONS.get(question) is RATING_SCALE else ".0%")
            for question in (*QUESTIONS, "changed", "unchanged")
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(figures: dict[str, float] | None, form: str) -> str:
    if figures is None:
        return ""
    mean, low, high = (f"{figures[name]:{form}}" for name in ("mean", "low", "high"))
    return f"{mean} ({low}–{high})"


if __name__ == "__main__":
    main()
