"""Texts of different posts that are nearly the same, among all that passed the rules: the first stays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import apache_beam as beam
import numpy as np

from pipelines.dedup.minhash import band_hashes
from pipelines.dedup.packed import BUCKETS, by_bucket, firsts, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

_BAND = np.dtype([("band", "<u8"), ("post", "<u4"), ("candidate", "<i4")])

Keys = tuple[str, list[str], bytes]
"""Of one unit, in one bucket: its name, ids of posts, and packed bands with each post's place among the ids."""


class Place(NamedTuple):
    """A candidate, as candidates rank."""

    post_id: str
    candidate: int


class Later(NamedTuple):
    """A candidate that shares a band with an earlier one, of another post."""

    place: Place
    earlier: Place


@dataclass(frozen=True, kw_only=True)
class Passed:
    """The candidates of one unit that passed every rule."""

    unit: str
    places: Sequence[Place]
    texts: Sequence[str]


class FindLater(beam.PTransform):
    """Passed to (unit, [Later]), where there are any; what crosses the shuffles is ids and hashes.

    Texts alike in more than 0.72 of their runs of five words share a band, most likely: see `band_hashes`. Texts
    with the same words share all.
    """

    def expand(self, passed: Any) -> Any:
        """One element is one unit's candidates."""
        return (
            passed
            | "Bands" >> beam.FlatMap(bands_by_bucket)
            | "ByBand" >> beam.GroupByKey()
            | "Later" >> beam.FlatMap(later_in_bucket)
        )


def bands_by_bucket(passed: Passed) -> Iterator[tuple[int, Keys]]:
    """(bucket, Keys) for every bucket that a band of the unit falls into."""
    bands = band_hashes(passed.texts)
    ids = sorted({place.post_id for place in passed.places})
    numbers = {post_id: number for number, post_id in enumerate(ids)}
    each = bands.shape[1]
    rows = records(
        _BAND,
        band=bands.reshape(-1),
        post=np.repeat([numbers[place.post_id] for place in passed.places], each),
        candidate=np.repeat([place.candidate for place in passed.places], each),
    )
    for bucket, members in by_bucket(rows["band"] % np.uint64(BUCKETS)):
        found = rows[members]
        posts, found["post"] = np.unique(found["post"], return_inverse=True)
        yield bucket, (passed.unit, [ids[number] for number in posts], found.tobytes())


def later_in_bucket(bucket: tuple[int, Iterable[Keys]]) -> Iterator[tuple[str, list[Later]]]:
    """Of all that share a band, those of another post than the first."""
    units: dict[str, str] = {}
    batches: list[tuple[list[str], NDArray[Any]]] = []
    for unit, ids, packed in bucket[1]:
        units |= dict.fromkeys(ids, unit)
        batches.append((ids, np.frombuffer(packed, _BAND)))
    ranked = sorted(units)
    ranks = {post_id: rank for rank, post_id in enumerate(ranked)}
    rows = np.concatenate([_ranked(batch, [ranks[post_id] for post_id in ids]) for ids, batch in batches])
    rows = rows[np.lexsort((rows["candidate"], rows["post"], rows["band"]))]
    earliest = rows[firsts(rows["band"])]
    found: dict[str, list[Later]] = {}
    for row in np.flatnonzero(rows["post"] != earliest["post"]).tolist():
        place, earlier = (Place(ranked[each["post"]], int(each["candidate"])) for each in (rows[row], earliest[row]))
        found.setdefault(units[place.post_id], []).append(Later(place, earlier))
    yield from found.items()


def nearest(later: Iterable[Later]) -> dict[Place, tuple[Place, int]]:
    """For each later candidate the earlier one that it shares the most bands with, and how many."""
    shared: dict[Place, Counter[Place]] = {}
    for place, earlier in later:
        shared.setdefault(place, Counter())[earlier] += 1
    return {place: min(earlier.items(), key=lambda found: (-found[1], found[0])) for place, earlier in shared.items()}


def _ranked(rows: NDArray[Any], ranks: Sequence[int]) -> NDArray[Any]:
    ranked = rows.copy()
    ranked["post"] = np.array(ranks, np.uint32)[rows["post"]]
    return ranked
