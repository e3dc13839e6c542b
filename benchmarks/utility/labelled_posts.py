"""Makes the posts of the utility study from the first words of labelled posts, and splits them."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
from quality_posts import manifest_files, passages_of, write_dataset
from sklearn.model_selection import StratifiedShuffleSplit

from pipelines.posts.post import PARAGRAPH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

WORDS = 100
TEST_SHARE = 0.2
SIZES: dict[str, int | None] = {"10": 10, "50": 50, "all": None}
"""Training posts of each class; a class with fewer posts gives all of them."""

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, kw_only=True)
class LabelledPosts:
    """Rows of posts/ that have the first WORDS words of a post, and its topic as their only category."""

    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, dataset: Path, topics: Path, *, per_class: int | None) -> LabelledPosts:
        """Reads the posts that the topics file names, in order of ids, at most `per_class` of each topic.

        Links become their words, since some systems would break addresses and others would not.
        """
        with topics.open(encoding="utf-8", newline="") as file:
            labels = {row["post_id"]: row["label"] for row in csv.DictReader(file)}
        posts = [row for path in manifest_files(dataset, "posts/") for row in pq.read_table(path).to_pylist()]
        taken: Counter[str] = Counter()
        rows = []
        for row in sorted(posts, key=lambda row: str(row["post_id"])):
            label = labels.get(row["post_id"])
            if label is None or taken[label] == per_class:
                continue
            taken[label] += 1
            rows.append(_first_words(row) | {"category": [label]})
        if not rows:
            sys.exit(
                f"{dataset} holds no post that {topics} names: prepare it from the folder whose posts the topics label"
            )
        return cls(rows=rows)

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]

    @property
    def sha256(self) -> str:
        """Returns a hash of ids, labels and texts."""
        facts = [[row["post_id"], row["category"], row["text"]] for row in self.rows]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    @property
    def passages(self) -> list[tuple[str, ...]]:
        return [passages_of(row) for row in self.rows]

    @property
    def labels(self) -> NDArray[np.str_]:
        return np.array([row["category"][0] for row in self.rows])

    def write(self, dataset: Path, folder: Path, places: NDArray[np.intp] | None = None) -> Path:
        """Writes a dataset of the posts, or only of those at `places`; returns its folder."""
        rows = self.rows if places is None else [self.rows[place] for place in places]
        write_dataset(dataset, rows, folder)
        return folder


def _first_words(row: dict[str, Any]) -> dict[str, Any]:
    left, passages = WORDS, []
    for passage in passages_of(row):
        words = _LINK.sub(r"\1", passage).split()[:left]
        left -= len(words)
        passages += [" ".join(words)] if words else []
    blocks = [{"kind": PARAGRAPH, "text": passage} for passage in passages]
    return row | {"blocks": blocks, "text": text_of(passages)}


def text_of(passages: list[str] | tuple[str, ...]) -> str:
    """Joins the paragraphs of a post as augment does."""
    return "\n\n".join(passages)


@dataclass(frozen=True, kw_only=True)
class Split:
    """The indices of the test posts, and of the other posts in the order in which they become training posts."""

    test: NDArray[np.intp]
    pool: NDArray[np.intp]

    def training(self, labels: NDArray[np.str_], size: str) -> NDArray[np.intp]:
        """Returns the first posts of each class, so that a larger size contains the smaller ones."""
        most = SIZES[size]
        return np.concatenate([self.pool[labels[self.pool] == label][:most] for label in np.unique(labels)])


def splits(labels: NDArray[np.str_], count: int, *, seed: int) -> Iterator[Split]:
    """Draws stratified splits, the same for all arms."""
    drawn = StratifiedShuffleSplit(count, test_size=TEST_SHARE, random_state=seed)
    for pool, test in drawn.split(labels, labels):
        yield Split(test=test, pool=pool)
