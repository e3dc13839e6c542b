"""Exact duplicates and repeated ids, found from keys that cross the shuffle in batches; no text does."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import apache_beam as beam

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEY_BUCKETS = 64


@dataclass(frozen=True, order=True)
class PostKey:
    """What decides between two posts: the earliest dated, then the first by source and position, stays as it is."""

    date: str
    source: str
    position: int
    content_sha256: str
    post_id: str
    unit: str


@dataclass(frozen=True)
class Decision:
    """What becomes of the post at (source, position): dropped as a duplicate of another, or given another id."""

    source: str
    position: int
    duplicate_of: str = ""
    post_id: str = ""


class FindDuplicates(beam.PTransform):
    """(unit, PostKeys) to (unit, Decisions): one post stays of those with the same content, and ids become unique."""

    def expand(self, keys: Any) -> Any:
        """Both questions are asked of the same keys, each in buckets of its own."""
        return (
            self._ask(keys, "Contents", lambda key: key.content_sha256, drop_duplicates),
            self._ask(keys, "Ids", lambda key: key.post_id, rename_repeated),
        ) | "Flatten" >> beam.Flatten()

    @staticmethod
    def _ask(keys: Any, name: str, by: Any, decide: Any) -> Any:
        return (
            keys
            | f"Bucket{name}" >> beam.FlatMap(lambda unit: _buckets(unit[1], by))
            | f"Group{name}" >> beam.GroupByKey()
            | f"Decide{name}" >> beam.FlatMap(lambda bucket: _by_unit(bucket[1], by, decide))
        )


def drop_duplicates(same: list[PostKey]) -> Iterator[tuple[str, Decision]]:
    """All but the first of posts with one content."""
    first = same[0]
    for key in same[1:]:
        yield key.unit, Decision(key.source, key.position, duplicate_of=f"{first.source}#{first.position}")


def rename_repeated(same: list[PostKey]) -> Iterator[tuple[str, Decision]]:
    """All but the first of posts with one id, each given an id that follows from where it stands."""
    for key in same[1:]:
        place = hashlib.sha256(f"{key.source}#{key.position}".encode()).hexdigest()[:8]
        yield key.unit, Decision(key.source, key.position, post_id=f"{key.post_id}~{place}")


def _buckets(keys: list[PostKey], by: Any) -> Iterator[tuple[int, list[PostKey]]]:
    def bucket(key: PostKey) -> int:
        return hashlib.sha256(by(key).encode()).digest()[0] % KEY_BUCKETS

    for number, members in groupby(sorted(keys, key=bucket), key=bucket):
        yield number, list(members)


def _by_unit(batches: Iterable[list[PostKey]], by: Any, decide: Any) -> Iterator[tuple[str, list[Decision]]]:
    keys = sorted((key for batch in batches for key in batch), key=lambda key: (by(key), key))
    decided = [each for _, same in groupby(keys, key=by) for each in decide(list(same))]
    decided.sort(key=lambda pair: pair[0])
    for unit, pairs in groupby(decided, key=lambda pair: pair[0]):
        yield unit, [decision for _, decision in pairs]
