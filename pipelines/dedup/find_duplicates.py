"""Finds the posts that are duplicates, that need another id, or that belong in the split of another post."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import TaggedOutput

from pipelines.dedup.clusters import BAND, LINK_DTYPE, link, members, merge
from pipelines.dedup.decisions import Decisions, decide_unit
from pipelines.dedup.keys import CONTENT, KNOWN, KnownPosts, UnitKeys, numbers_of
from pipelines.dedup.packed_rows import BUCKETS, by_bucket, firsts, pack_rows, records, unpack_rows
from pipelines.dedup.same_content import POST, decide_contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

Packed = tuple[int, bytes]
"""A bucket or a unit's number, and packed rows."""


class FindDuplicates(beam.PTransform):
    """Turns {keys: UnitKeys, known: KnownPosts} into (unit, Decisions) of each unit.

    Posts rank by date, then by unit and row. Among posts with the same content, near duplicates, or the same id, the
    first stays as it is. Near duplicates always go to the same split; with `near` "keep" they are not listed.
    """

    def __init__(self, *, seed: int, near: str) -> None:
        super().__init__()
        self.seed, self.near = seed, near

    def expand(self, inputs: Mapping[str, Any]) -> Any:
        """Drops exact duplicates by content, links the rest by bands, and groups all decisions by unit."""
        keys = inputs["keys"]
        contents = (
            {
                "posts": keys | "Contents" >> beam.FlatMap(bucket_posts),
                "known": inputs["known"] | "KnownContents" >> beam.FlatMap(bucket_known),
            }
            | "ByContent" >> beam.CoGroupByKey()
            | "DecideContents"
            >> beam.FlatMap(decide_bucket, seed=self.seed).with_outputs("copies", "pins", main="bands")
        )
        clusters = (
            contents.bands
            | "ByBand" >> beam.GroupByKey()
            | "Link" >> beam.Map(link_bucket)
            | "Merge" >> beam.CombineGlobally(merge_packed)
            | "Members" >> beam.FlatMap(members_by_unit)
        )
        ids = (
            keys
            | "Ids" >> beam.FlatMap(bucket_ids)
            | "ById" >> beam.GroupByKey()
            | "Repeated" >> beam.FlatMap(repeated_by_unit)
        )
        return (
            {
                "units": keys | "Names" >> beam.Map(lambda unit: (unit.number, unit.unit)),
                "copies": contents.copies,
                "pins": contents.pins,
                "members": clusters,
                "repeated": ids,
            }
            | "ByUnit" >> beam.CoGroupByKey()
            | "DecideUnit" >> beam.Map(decide, near=self.near)
        )


def bucket_posts(unit: UnitKeys) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    """Yields (bucket, (packed POSTs, their bands)). Bands are separate because their number is a setting."""
    posts = records(POST, content=unit.contents, id=unit.ids, date=unit.dates, key=unit.keys)
    for bucket, rows in by_bucket(_content_buckets(unit.contents)):
        yield bucket, (posts[rows].tobytes(), unit.bands[rows].tobytes())


def bucket_known(known: KnownPosts) -> Iterator[Packed]:
    """Yields (bucket, packed KNOWN)."""
    return pack_rows(known.rows, _content_buckets(known.rows["content"]))


def bucket_ids(unit: UnitKeys) -> Iterator[Packed]:
    """Yields (bucket, packed IDs)."""
    return pack_rows(records(ID, id=unit.ids, date=unit.dates, key=unit.keys), unit.ids % np.uint64(BUCKETS))


def decide_bucket(bucket: tuple[int, Mapping[str, Iterable[Any]]], *, seed: int) -> Iterator[Packed | TaggedOutput]:
    """Decides between the posts of a content bucket: yields packed BANDs by bucket; tagged, COPYs and PINs by unit."""
    batches = list(bucket[1]["posts"])
    posts = unpack_rows((post for post, _ in batches), POST)
    if not len(posts):
        return
    bands = unpack_rows((band for _, band in batches), np.dtype("<u8")).reshape(len(posts), -1)
    contents = decide_contents(posts, bands, unpack_rows(bucket[1]["known"], KNOWN), seed=seed)
    yield from pack_rows(contents.bands, contents.bands["band"] % np.uint64(BUCKETS))
    for tag, rows in {"copies": contents.copies, "pins": contents.pins}.items():
        for part in by_unit(rows, rows["key"]):
            yield TaggedOutput(tag, part)


def link_bucket(bucket: tuple[int, Iterable[bytes]]) -> bytes:
    """Returns the packed LINKs of one bucket of packed BANDs."""
    return link(unpack_rows(bucket[1], BAND)).tobytes()


def merge_packed(links: Iterable[bytes]) -> bytes:
    """Merges packed LINKs. The result is the same in any order and any number of steps."""
    return merge(unpack_rows(links, LINK_DTYPE)).tobytes()


def members_by_unit(links: bytes) -> Iterator[Packed]:
    """Yields (unit's number, packed MEMBERs)."""
    rows = members(unpack_rows([links], LINK_DTYPE))
    return by_unit(rows, rows["key"])


def repeated_by_unit(bucket: tuple[int, Iterable[bytes]]) -> Iterator[Packed]:
    """Yields (unit's number, packed keys of posts whose id is repeated)."""
    keys = repeated_ids(unpack_rows(bucket[1], ID))
    return by_unit(keys, keys)


def by_unit(rows: NDArray[Any], keys: NDArray[np.uint64]) -> Iterator[Packed]:
    """Yields (unit's number, its packed rows)."""
    return pack_rows(rows, numbers_of(keys))


def decide(joined: tuple[int, Mapping[str, Iterable[Any]]], *, near: str) -> tuple[str, Decisions]:
    """Returns (unit, Decisions) from all that was grouped by the unit's number."""
    (unit,) = joined[1]["units"]
    decisions = decide_unit(joined[1])
    return unit, replace(decisions, near=()) if near == "keep" else decisions


def _content_buckets(contents: NDArray[np.bytes_]) -> NDArray[np.uint8]:
    """Returns the bucket of each content, which is taken from the first byte of its hash."""
    first_bytes: NDArray[np.uint8] = np.ascontiguousarray(contents).view(np.uint8)[:: CONTENT.itemsize]
    return first_bytes % np.uint8(BUCKETS)


ID = np.dtype([("id", "<u8"), ("date", "<i4"), ("key", "<u8")])
"""The hash of a post's id, and the post's rank."""


def repeated_ids(ids: NDArray[Any]) -> NDArray[np.uint64]:
    """Returns the keys of the posts that need another id, given the IDs of one bucket."""
    ids = ids[np.lexsort((ids["key"], ids["date"], ids["id"]))]
    keys: NDArray[np.uint64] = ids["key"][firsts(ids["id"]) != np.arange(len(ids))]
    return keys
