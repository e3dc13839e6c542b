"""Reads what people answered on rating sheets, and averages it by the source of the texts."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError, unusable

if TYPE_CHECKING:
    from collections.abc import Sequence

ORIGINAL = "the posts themselves"
RATING_SCALE = {str(value): float(value) for value in range(1, 6)}
YES_NO = {"yes": 1.0, "no": 0.0}
ANSWERS = {
    "fluent_a": RATING_SCALE,
    "publish_a": YES_NO,
    "fluent_b": RATING_SCALE,
    "publish_b": YES_NO,
    "same_meaning": RATING_SCALE,
}
"""The questions of a sheet and the answers that each allows; every answer may also be left empty."""

RESAMPLES = 10_000


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean and its bootstrap 95 % interval, from this number of answers."""

    mean: float
    low: float
    high: float
    answers: int


def rating_means(ratings: Sequence[str], *, key: str) -> dict[str, dict[str, Estimate]]:
    """The mean answers by source (each variations folder, and ORIGINAL) and question (fluent, publish, same_meaning).

    Folders also have `change`, the share of changed words in the rated rows, since ratings are comparable only at
    similar changes.

    Args:
        ratings: the files that the sheet saved, one from each person.
        key: the file that was written beside the sheet.

    Raises:
        UserError: a file is missing or of another kind, or the ratings are from another sheet.
    """
    rows = {row["row"]: row for _, row in _read(key, ("row", "post_id", "variations", "source_side", "change"))}
    answers: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for path in ratings:
        for line, rating in _read(path, ("row", *ANSWERS)):
            known = rows.get(rating["row"])
            if known is None:
                raise UserError(f"{path}, line {line}: {key} has no row {rating['row']!r}; give the key of this sheet")
            if any(rating[name] for name in ANSWERS):
                answers[known["variations"], "change"][known["post_id"]].append(float(known["change"]))
            for name, allowed in ANSWERS.items():
                answer = rating[name]
                if answer and answer not in allowed:
                    raise UserError(
                        f"{path}, line {line}: {name} is {answer!r}; expected {', '.join(allowed)} or nothing"
                    )
                if answer:
                    question, _, side = name.rpartition("_") if name != "same_meaning" else (name, "", "")
                    source = ORIGINAL if side == known["source_side"] else known["variations"]
                    answers[source, question][known["post_id"]].append(allowed[answer])
    means: dict[str, dict[str, Estimate]] = defaultdict(dict)
    for (source, question), by_post in sorted(answers.items()):
        means[source][question] = bootstrap(list(by_post.values()))
    return dict(means)


def bootstrap(by_post: Sequence[Sequence[float]]) -> Estimate:
    """The mean of all answers and its percentile interval (Efron & Tibshirani 1993, chapter 13).

    Whole posts are resampled, since answers about one post are not independent.
    """
    sums = np.array([sum(answers) for answers in by_post])
    counts = np.array([len(answers) for answers in by_post])
    drawn = np.random.default_rng(0).integers(len(sums), size=(RESAMPLES, len(sums)))
    low, high = np.percentile(sums[drawn].sum(1) / counts[drawn].sum(1), [2.5, 97.5])
    return Estimate(mean=float(sums.sum() / counts.sum()), low=float(low), high=float(high), answers=int(counts.sum()))


def _read(path: str, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The rows, each with the number of its line."""
    try:
        with FileSystems.open(path) as stored, io.TextIOWrapper(stored, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = set(columns) - set(reader.fieldnames or ())
            if lacking:
                raise UserError(
                    f"{path}: no column {', '.join(sorted(lacking))}; give a file the sheet saved, and its key"
                )
            return [(reader.line_num, {name: (row[name] or "").strip() for name in columns}) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unusable(
            f"{path}: cannot be read as CSV ({error}); give a file the sheet saved, and its key", error
        ) from error
