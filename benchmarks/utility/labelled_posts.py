"""Makes the posts of the utility study from the first words of every labelled post, and splits them."""

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
"""Training posts of each class; classes with fewer give what they have."""

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, kw_only=True)
class LabelledPosts:
    """Rows of posts/ with the first WORDS words of posts, whose only category is their topic."""

    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, dataset: Path, topics: Path, *, per_class: int | None) -> LabelledPosts:
        """The dataset's posts that the topics file names, by id; `per_class` keeps the first so many of each topic.

        Links become their words: addresses would break in some systems and not in others.
        """
        with topics.open(encoding="utf-8", newline="") as file:
            labels = {row["post_id"]: row["label"] for row in csv.DictReader(file)}
        found = [row for path in manifest_files(dataset, "posts/") for row in pq.read_table(path).to_pylist()]
        met: Counter[str] = Counter()
        rows = []
        for row in sorted(found, key=lambda row: str(row["post_id"])):
            label = labels.get(row["post_id"])
            if label is None or met[label] == per_class:
                continue
            met[label] += 1
            rows.append(_first_words(row) | {"category": [label]})
        if not rows:
            sys.exit(f"{dataset} holds no post that {topics} names: prepare it from the folder that the topics are of")
        return cls(rows=rows)

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]

    @property
    def sha256(self) -> str:
        """A hash of ids, labels and texts."""
        told = [[row["post_id"], row["category"], row["text"]] for row in self.rows]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @property
    def passages(self) -> list[tuple[str, ...]]:
        return [passages_of(row) for row in self.rows]

    @property
    def labels(self) -> NDArray[np.str_]:
        return np.array([row["category"][0] for row in self.rows])

    def write(self, dataset: Path, folder: Path, places: NDArray[np.intp] | None = None) -> Path:
        """Writes a dataset of the posts, or of those at `places` alone."""
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
    """The text of a post, with paragraphs joined as augment joins them."""
    return "\n\n".join(passages)


@dataclass(frozen=True, kw_only=True)
class Split:
    """The indices of the test posts, and of the others in the order in which classes give training posts."""

    test: NDArray[np.intp]
    pool: NDArray[np.intp]

    def training(self, labels: NDArray[np.str_], size: str) -> NDArray[np.intp]:
        """The first posts of each class, so that a larger size holds the smaller ones."""
        most = SIZES[size]
        return np.concatenate([self.pool[labels[self.pool] == label][:most] for label in np.unique(labels)])


def splits(labels: NDArray[np.str_], count: int, *, seed: int) -> Iterator[Split]:
    """Random stratified splits, the same for all arms."""
    drawn = StratifiedShuffleSplit(count, test_size=TEST_SHARE, random_state=seed)
    for pool, test in drawn.split(labels, labels):
        yield Split(test=test, pool=pool)
