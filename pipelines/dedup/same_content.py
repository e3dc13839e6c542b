"""Decides between posts with the same content: the first stays, in the split that the dataset knows it by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.dedup.clusters import BAND
from pipelines.dedup.keys import CONTENT, NO_SPLIT, split_code
from pipelines.dedup.packed_rows import firsts, records
from pipelines.posts.split import split_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

POST = np.dtype([("content", CONTENT), ("id", "<u8"), ("date", "<i4"), ("key", "<u8")])
"""The keys of a post."""

POST_BAND = np.dtype([("band", "<u8"), ("key", "<u8")])
"""A band that a post shares, and the post."""

COPY = np.dtype([("key", "<u8"), ("first", "<u8")])
"""An exact duplicate, and the post that stays."""

PIN = np.dtype([("key", "<u8"), ("split", "u1")])
"""A known post, and its split."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Contents:
    """The decisions that follow from contents alone.

    copies: COPY, all posts of a content but the first; pins: PIN, known posts whose split differs from that of their
    id; bands: BAND, those of the posts that stay.
    """

    copies: NDArray[Any]
    pins: NDArray[Any]
    bands: NDArray[Any]


def decide_contents(posts: NDArray[Any], bands: NDArray[Any], known: NDArray[Any], *, seed: int) -> Contents:
    """Decides between all posts whose contents fall into one bucket.

    Args:
        posts: POST (posts).
        bands: POST_BAND, of these posts.
        known: KNOWN, posts of the earlier run.
        seed: the seed of the splits.
    """
    posts = posts[np.lexsort((posts["key"], posts["date"], posts["content"]))]
    first = firsts(posts["content"])
    stays = first == np.arange(len(posts))
    copies = records(COPY, key=posts["key"][~stays], first=posts["key"][first[~stays]])
    by_key = np.argsort(posts["key"])
    rows = by_key[np.searchsorted(posts["key"], bands["key"], sorter=by_key)]
    bands, rows = bands[stays[rows]], rows[stays[rows]]
    own = np.array([split_code(split_of(key, seed=seed)) for key in posts["id"].tolist()], np.uint8)
    pins = _pins(posts["content"], known)
    moved = stays & (pins != NO_SPLIT) & (pins != own)
    return Contents(
        copies=copies,
        pins=records(PIN, key=posts["key"][moved], split=pins[moved]),
        bands=records(
            BAND, band=bands["band"], date=posts["date"][rows], key=bands["key"], own=own[rows], pin=pins[rows]
        ),
    )


def _pins(contents: NDArray[np.bytes_], known: NDArray[Any]) -> NDArray[np.uint8]:
    """Returns the code of the split that each content is known by, NO_SPLIT for a new one."""
    known = np.unique(known)
    index = np.searchsorted(known["content"], contents)
    splits = np.full(len(contents), NO_SPLIT, np.uint8)
    inside = index < len(known)
    match = np.flatnonzero(inside)[known["content"][index[inside]] == contents[inside]]
    splits[match] = known["split"][index[match]]
    return splits
