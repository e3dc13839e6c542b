"""Reads and scores SWORDS as its paper defines it.

Lee et al. 2021, "Swords: a benchmark for lexical substitution", sections 3 and 5.

A target is a word in a context. Up to ten people judged each of its substitutes: would they use it there or not? A
system ranks substitutes for each target. It is measured twice: against the substitutes that more than half accept
("acceptable"), and against those that at least a tenth accept ("conceivable"). F10 is the harmonic mean of precision
and recall of the first ten, summed over targets; at most ten substitutes of a target count as wanted. Lenient figures
leave out substitutes that nobody judged, strict ones count them as wrong. Lists are compared by lemma, in lower case;
the target's own lemma is not a substitute.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from wn.morphy import _morphy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

ACCEPTABLE, CONCEIVABLE = 0.5 + 1e-4, 0.1
"""The least share of judges who accept."""

FIRST = 10
SEED, RESAMPLES = 0, 1000
_WORD_NET_POS = {"VERB": "v", "NOUN": "n", "ADJ": "a", "ADV": "r"}

Scored = list[tuple[str, float]]
"""Substitutes with their scores, in any order; higher is better."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """The word `word` at `offset` of a text, its part of speech, and the judgements of each substitute."""

    name: str
    context: str
    offset: int
    word: str
    pos: str
    judged: dict[str, list[str]]

    @property
    def end(self) -> int:
        """Returns the offset behind the word."""
        return self.offset + len(self.word)

    def accepted(self, substitute: str) -> float:
        """Returns the share of all judges who accept the substitute; those who are unsure do not."""
        return _accepted(self.judged[substitute])


def read_targets(path: Path) -> dict[str, Target]:
    """Reads the targets of a file of the benchmark, such as swords-v1.1_dev.json.gz; returns them by name."""
    data = read_json(path)
    judged: dict[str, dict[str, list[str]]] = {name: {} for name in data["targets"]}
    for name, row in data["substitutes"].items():
        judged[row["target_id"]][row["substitute"]] = data["substitute_labels"][name]
    return {
        name: Target(
            name=name,
            context=data["contexts"][row["context_id"]]["context"],
            offset=row["offset"],
            word=row["target"],
            pos=row["pos"],
            judged=judged[name],
        )
        for name, row in sorted(data["targets"].items())
    }


def read_result(path: Path) -> dict[str, Scored]:
    """Reads the substitutes that a system gave each target.

    The file is in the benchmark's format of results, or as its repository keeps GPT-3's completions (a list separated
    by commas, the best first) or the answers of WordTune's service.
    """
    data = read_json(path)
    if "substitutes" in data:
        return {name: [(text, float(score)) for text, score in rows] for name, rows in data["substitutes"].items()}
    return {name: _completed(row) if "choices" in row else _suggested(row) for name, row in data.items()}


def read_json(path: Path) -> Any:
    """Reads a JSON file, gzipped or not."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return json.load(file)


def _completed(row: dict[str, Any]) -> Scored:
    parts = [part.strip() for part in row["choices"][0]["text"].split(",")]
    return [(part, -float(rank)) for rank, part in enumerate(filter(None, parts))]


def _suggested(row: dict[str, Any]) -> Scored:
    answer = row["drilldown"] or {"suggestions": []}
    return [(each["suggestion"], float(each["score"])) for each in answer["suggestions"]]


def f10(targets: Iterable[Target], found: Mapping[str, Scored]) -> dict[str, list[float]]:
    """Returns lenient and strict F10 of acceptable and conceivable substitutes, in percent, with 95 % intervals."""
    counts = np.array([_counts(target, found.get(target.name, [])) for target in targets], float)
    drawn = np.random.default_rng(SEED).integers(len(counts), size=(RESAMPLES, len(counts)))
    resampled = counts[drawn].sum(axis=1)
    names = ("lenient acceptable", "lenient conceivable", "strict acceptable", "strict conceivable")
    return {
        name: [
            float(_f(counts.sum(axis=0)[None], column)[0]),
            *(float(end) for end in np.percentile(_f(resampled, column), (2.5, 97.5))),
        ]
        for column, name in enumerate(names)
    }


def _f(counts: NDArray[np.float64], column: int) -> NDArray[np.float64]:
    """Returns F10 in percent from rows of _counts."""
    right, given, wanted = (counts[:, 3 * column + k] for k in range(3))
    return 200 * right / np.maximum(given + wanted, 1)  # 2PR / (P + R), P = right / given, R = right / wanted


def _counts(target: Target, found: Scored) -> list[int]:
    """Counts right, given and wanted substitutes: lenient acceptable and conceivable, then strict ones."""
    own = lemma(target.word, target.pos)
    labels: dict[str, list[str]] = {}
    for substitute, said in target.judged.items():
        labels.setdefault(lemma(substitute, target.pos), []).extend(label for label in said if label != "UNSURE")
    judged = {substitute: _accepted(said) for substitute, said in labels.items() if said and substitute != own}
    best: dict[str, float] = {}
    for substitute, score in found:
        form = lemma(substitute, target.pos)
        if form != own:
            best[form] = max(score, best.get(form, -np.inf))
    ranked = sorted(best, key=lambda form: -best[form])
    counts = []
    for given in ([form for form in ranked if form in judged], ranked):
        for least in (ACCEPTABLE, CONCEIVABLE):
            wanted = {form for form, share in judged.items() if share >= least}
            counts += [len(wanted.intersection(given[:FIRST])), len(given[:FIRST]), min(len(wanted), FIRST)]
    return counts


def first_choice(candidates: Sequence[Sequence[float]], scores: Sequence[Sequence[float]]) -> list[float]:
    """Returns how often half of the judges accept the candidate with the highest score, and the interval.

    `candidates` has for each target the shares of judges who accept its candidates, `scores` their scores.
    """
    hits = np.array([shares[int(np.argmax(given))] >= 0.5 for shares, given in zip(candidates, scores, strict=True)])
    drawn = np.random.default_rng(SEED).integers(len(hits), size=(RESAMPLES, len(hits)))
    low, high = np.percentile(hits[drawn].mean(axis=1), (2.5, 97.5))
    return [float(hits.mean()), float(low), float(high)]


@cache
def lemma(text: str, pos: str) -> str:
    """Returns the shortest lemma that WordNet's morphy gives for a text, or else the text itself."""
    found = _morphy(text, _WORD_NET_POS.get(pos, "n"))
    return (min(found, key=len) if found else text).lower().strip()


def _accepted(labels: Sequence[str]) -> float:
    return sum(label.startswith("TRUE") for label in labels) / len(labels)
