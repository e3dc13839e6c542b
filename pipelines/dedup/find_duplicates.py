"""Finds the posts that are duplicates, that need another id, or that belong in the split of another post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import TaggedOutput

from pipelines.dedup.clusters import BAND, LINK_DTYPE, link, members, merge
from pipelines.dedup.decisions import Decisions, decide_unit
from pipelines.dedup.keys import CONTENT, KNOWN, KnownPosts, UnitKeys, numbers_of
from pipelines.dedup.packed_rows import BUCKETS, by_bucket, firsts, pack_rows, records, unpack_rows
from pipelines.dedup.same_content import POST, POST_BAND, decide_contents
from pipelines.dedup.shared_hashes import FindSharedHashes, are_shared, marks_by_bucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

Packed = tuple[int, bytes]
"""A bucket or a unit's number, and packed rows."""

Source = tuple[int, str] | str
"""A unit, (number, name), or the path of a posts file of the earlier run."""


class ContentKeys(NamedTuple):
    """Packed keys of one bucket of contents: POSTs and their POST_BANDs of a unit, or KNOWN of an earlier run."""

    posts: bytes
    bands: bytes
    known: bytes


ContentPart = tuple[int, ContentKeys]
KeysOf = Callable[[Source], UnitKeys | KnownPosts]


class FindDuplicates(beam.PTransform):
    """Turns {units: (number, name), known: paths} into ((number, name), Decisions) of each unit.

    Posts rank by date, then by unit and row. Among posts with the same content, near duplicates, or the same id, the
    first stays as it is. Near duplicates always go to the same split; with `near` "keep" they are not listed.
    `keys_of` reads the UnitKeys of a unit, or the KnownPosts of a path. It is called twice, since memory holds no keys
    between the two passes: the first pass finds the hashes that posts share, and the second lets only the posts with
    these cross the shuffles.
    """

    def __init__(self, keys_of: KeysOf, *, seed: int, near: str) -> None:
        super().__init__()
        self.keys_of, self.seed, self.near = keys_of, seed, near

    def expand(self, inputs: Mapping[str, Any]) -> Any:
        """Drops exact duplicates by content, links the rest by bands, and groups all decisions by unit."""
        sources = (inputs["units"], inputs["known"]) | "Sources" >> beam.Flatten()
        marks = sources | "Marks" >> beam.FlatMap(mark_source, keys_of=self.keys_of)
        keys = sources | "Keys" >> beam.FlatMap(
            bucket_source, keys_of=self.keys_of, shared=beam.pvalue.AsSingleton(marks | "Shared" >> FindSharedHashes())
        ).with_outputs("ids", main="contents")
        contents = (
            keys.contents
            | "ByContent" >> beam.GroupByKey()
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
        ids = keys.ids | "ById" >> beam.GroupByKey() | "Repeated" >> beam.FlatMap(repeated_by_unit)
        return (
            {
                "units": inputs["units"],
                "copies": contents.copies,
                "pins": contents.pins,
                "members": clusters,
                "repeated": ids,
            }
            | "ByUnit" >> beam.CoGroupByKey()
            | "DecideUnit" >> beam.Map(decide, near=self.near)
        )


def mark_source(source: Source, *, keys_of: KeysOf) -> Iterator[Packed]:
    """Yields (bucket, packed marks) of the contents, ids and bands of a unit, or of known contents."""
    keys = keys_of(source)
    if isinstance(keys, KnownPosts):
        return marks_by_bucket(content_hashes(keys.rows["content"]))
    return marks_by_bucket(np.concatenate([content_hashes(keys.contents), keys.ids, keys.bands.reshape(-1)]))


def content_hashes(contents: NDArray[np.bytes_]) -> NDArray[np.uint64]:
    """Returns the first eight bytes of each content's SHA-256: uint64 (posts)."""
    eights: NDArray[np.uint64] = np.ascontiguousarray(contents).view("<u8")
    return eights[:: CONTENT.itemsize // eights.itemsize]


def bucket_source(source: Source, *, keys_of: KeysOf, shared: bytes) -> Iterator[Any]:
    """Yields what bucket_known, or bucket_posts and, tagged, bucket_ids yield of a source.

    The keys are read in the same step as they are bucketed, since a runner stores what goes from a step without a side
    input to one with a side input.
    """
    keys = keys_of(source)
    if isinstance(keys, KnownPosts):
        yield from bucket_known(keys, shared=shared)
        return
    yield from bucket_posts(keys, shared=shared)
    for part in bucket_ids(keys, shared=shared):
        yield TaggedOutput("ids", part)


def bucket_posts(unit: UnitKeys, *, shared: bytes) -> Iterator[ContentPart]:
    """Yields (bucket, ContentKeys) of the posts and bands that share a hash."""
    bands = are_shared(unit.bands, shared)
    rows_sharing = np.flatnonzero(bands.any(1) | are_shared(content_hashes(unit.contents), shared))
    posts = records(POST, content=unit.contents, id=unit.ids, date=unit.dates, key=unit.keys)
    for bucket, indices in by_bucket(_content_buckets(unit.contents[rows_sharing])):
        rows = rows_sharing[indices]
        of_rows, columns = np.nonzero(bands[rows])
        bands_of_rows = records(POST_BAND, band=unit.bands[rows[of_rows], columns], key=unit.keys[rows[of_rows]])
        yield bucket, ContentKeys(posts[rows].tobytes(), bands_of_rows.tobytes(), b"")


def bucket_known(known: KnownPosts, *, shared: bytes) -> Iterator[ContentPart]:
    """Yields (bucket, ContentKeys) of the contents that a post of this run shares."""
    rows = known.rows[are_shared(content_hashes(known.rows["content"]), shared)]
    for bucket, packed in pack_rows(rows, _content_buckets(rows["content"])):
        yield bucket, ContentKeys(b"", b"", packed)


def bucket_ids(unit: UnitKeys, *, shared: bytes) -> Iterator[Packed]:
    """Yields (bucket, packed IDs) of the posts that share their id."""
    ids = records(ID, id=unit.ids, date=unit.dates, key=unit.keys)[are_shared(unit.ids, shared)]
    return pack_rows(ids, ids["id"] % np.uint64(BUCKETS))


def decide_bucket(bucket: tuple[int, Iterable[ContentKeys]], *, seed: int) -> Iterator[Packed | TaggedOutput]:
    """Decides between the posts of a content bucket: yields packed BANDs by bucket; tagged, COPYs and PINs by unit."""
    posts, bands, known = map(unpack_rows, zip(*bucket[1], strict=True), (POST, POST_BAND, KNOWN))
    if not len(posts):
        return
    contents = decide_contents(posts, bands, known, seed=seed)
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


def decide(joined: tuple[int, Mapping[str, Iterable[Any]]], *, near: str) -> tuple[tuple[int, str], Decisions]:
    """Returns ((number, name), Decisions) from all that was grouped by the unit's number."""
    number, parts = joined
    (name,) = parts["units"]
    decisions = decide_unit(parts)
    return (number, name), replace(decisions, near=()) if near == "keep" else decisions


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
