"""Finds candidates of different posts with nearly the same text, among all that passed the rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import apache_beam as beam
import numpy as np

from pipelines.dedup.minhash import band_hashes
from pipelines.dedup.packed_rows import BUCKETS, by_bucket, firsts, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

_BAND = np.dtype([("band", "<u8"), ("post", "<u4"), ("candidate", "<i4")])

PackedBands = tuple[int, list[str], bytes]
"""The bands of one unit in one bucket: the number of its part, ids of its posts, and the packed rows of _BAND, whose
`post` is an index into these ids."""


class CandidateKey(NamedTuple):
    """Names a candidate; keys sort in the order in which candidates stay."""

    post_id: str
    candidate: int


class NearDuplicateCandidate(NamedTuple):
    """A candidate that shares a MinHash band with an earlier candidate of another post."""

    candidate: CandidateKey
    earlier: CandidateKey


@dataclass(frozen=True, kw_only=True)
class PassedCandidates:
    """The candidates of one unit that passed every rule, and the number of the unit's part."""

    part: int
    keys: Sequence[CandidateKey]
    texts: Sequence[str]


class FindNearDuplicates(beam.PTransform):
    """Turns PassedCandidates into (part, [NearDuplicateCandidate]); only ids and hashes cross the shuffle.

    Texts that share more than 0.72 of their runs of five words most likely share a band: see `band_hashes`. Texts with
    the same words share all bands.
    """

    def expand(self, passed: Any) -> Any:
        """Takes one element for each unit."""
        return (
            passed
            | "Bands" >> beam.FlatMap(bands_by_bucket)
            | "ByBand" >> beam.GroupByKey()
            | "NearDuplicateCandidate" >> beam.FlatMap(near_duplicates_in_bucket)
        )


def bands_by_bucket(passed: PassedCandidates) -> Iterator[tuple[int, PackedBands]]:
    """Yields (bucket, PackedBands) for every bucket that a band of the unit falls into."""
    bands = band_hashes(passed.texts)
    ids = sorted({key.post_id for key in passed.keys})
    numbers = {post_id: number for number, post_id in enumerate(ids)}
    count = bands.shape[1]
    rows = records(
        _BAND,
        band=bands.reshape(-1),
        post=np.repeat([numbers[key.post_id] for key in passed.keys], count),
        candidate=np.repeat([key.candidate for key in passed.keys], count),
    )
    for bucket, members in by_bucket(rows["band"] % np.uint64(BUCKETS)):
        in_bucket = rows[members]
        posts, in_bucket["post"] = np.unique(in_bucket["post"], return_inverse=True)
        yield bucket, (passed.part, [ids[number] for number in posts], in_bucket.tobytes())


def near_duplicates_in_bucket(
    bucket: tuple[int, Iterable[PackedBands]],
) -> Iterator[tuple[int, list[NearDuplicateCandidate]]]:
    """Yields (part, [NearDuplicateCandidate]): one for each band shared with an earlier candidate of another post."""
    parts: dict[str, int] = {}
    batches: list[tuple[list[str], NDArray[Any]]] = []
    for part, ids, packed in bucket[1]:
        parts |= dict.fromkeys(ids, part)
        batches.append((ids, np.frombuffer(packed, _BAND)))
    ranked = sorted(parts)
    ranks = {post_id: rank for rank, post_id in enumerate(ranked)}
    rows = np.concatenate([_ranked(batch, [ranks[post_id] for post_id in ids]) for ids, batch in batches])
    rows = rows[np.lexsort((rows["candidate"], rows["post"], rows["band"]))]
    earliest = rows[firsts(rows["band"])]
    by_part: dict[int, list[NearDuplicateCandidate]] = {}
    for row in np.flatnonzero(rows["post"] != earliest["post"]).tolist():
        later, earlier = (
            CandidateKey(ranked[band["post"]], int(band["candidate"])) for band in (rows[row], earliest[row])
        )
        by_part.setdefault(parts[later.post_id], []).append(NearDuplicateCandidate(later, earlier))
    yield from by_part.items()


def most_alike_earlier(
    near_duplicates: Iterable[NearDuplicateCandidate],
) -> dict[CandidateKey, tuple[CandidateKey, int]]:
    """For each candidate the earlier one that it shares the most bands with, and the number of these bands."""
    shared: dict[CandidateKey, Counter[CandidateKey]] = {}
    for candidate, earlier in near_duplicates:
        shared.setdefault(candidate, Counter())[earlier] += 1
    return {
        candidate: min(earlier.items(), key=lambda bands: (-bands[1], bands[0]))
        for candidate, earlier in shared.items()
    }


def _ranked(rows: NDArray[Any], ranks: Sequence[int]) -> NDArray[Any]:
    ranked = rows.copy()
    ranked["post"] = np.array(ranks, np.uint32)[rows["post"]]
    return ranked
