"""Measures how well every two readers of one sheet agree.

    PYTHONPATH=. QUALITY/bin/python benchmarks/reading/agreement.py ratings-1.csv ratings-2.csv

It prints Cohen's kappa with disagreements weighted by their squares (Cohen 1968): 1 is full agreement, 0 is what
chance gives to readers with these habits. Kappa is undefined where both readers always gave the same one answer. The
answers on both texts of a row count together.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.metrics import cohen_kappa_score

from pipelines.report.ratings import ANSWERS, RATING_SCALE, YES_NO

Answers = dict[tuple[str, str], float]
"""Answers of one reader by row and question, such as fluent_a."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "ratings", nargs="+", type=Path, metavar="FILE.csv", help="saved by the sheet, one file of each reader"
    )
    args = parser.parse_args()
    readers = {path.name: answers(path) for path in args.ratings}
    if len(readers) < 2:
        parser.error("give the files of two readers or more, of different names")
    print(f"{'readers':<40} {'question':<14} {'answers':>7} {'the same':>8} {'kappa':>6}")
    for (one, first), (other, second) in combinations(readers.items(), 2):
        for question, pairs in shared(first, second).items():
            same, kappa = agreement(pairs, labels=[*(YES_NO if question == "publish" else RATING_SCALE).values()])
            print(f"{f'{one}, {other}':<40} {question:<14} {len(pairs):>7} {same:>8.0%} {kappa:>6.2f}")


def answers(path: Path) -> Answers:
    """Reads the answers in a file that the sheet saved."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            (row["row"], name): allowed[row[name]]
            for row in csv.DictReader(file)
            for name, allowed in ANSWERS.items()
            if row[name]
        }


def shared(first: Answers, second: Answers) -> dict[str, list[tuple[float, float]]]:
    """Returns for each question the pairs of answers where both readers gave one, on both texts of a row."""
    pairs: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for row, name in sorted(first.keys() & second.keys()):
        pairs[name.removesuffix("_a").removesuffix("_b")].append((first[row, name], second[row, name]))
    return pairs


def agreement(pairs: list[tuple[float, float]], *, labels: list[float]) -> tuple[float, float]:
    """Returns the share of equal answers, and kappa, which is NaN where it is undefined."""
    one, other = np.array(pairs).T
    if len(np.unique(pairs)) == 1:
        return 1.0, float("nan")
    return float((one == other).mean()), float(cohen_kappa_score(one, other, labels=labels, weights="quadratic"))


if __name__ == "__main__":
    main()
