"""Clusters of near duplicates: posts that share a band, directly or through others (connected components)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.dedup.keys import NO_SPLIT
from pipelines.dedup.packed_rows import firsts, records

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POST = [("date", "<i4"), ("key", "<u8"), ("own", "u1"), ("pin", "u1")]
BAND = np.dtype([("band", "<u8"), *_POST])
"""A band of a post, with the split of the post's own id, and the split it is known by."""

LINK_DTYPE = np.dtype([*_POST, ("to", "<u8")])
"""A post, and the key of another in its cluster, or its own; that one is among the rows too."""

MEMBER = np.dtype([("key", "<u8"), ("representative", "<u8"), ("size", "<u4"), ("straddling", "<u4"), ("split", "u1")])
"""A post of a cluster. split: NO_SPLIT if it is that of its own id. straddling: in the representative's row,
how many known posts of the cluster are in another split than the rest, since a known post never moves."""


def link(bands: NDArray[Any]) -> NDArray[Any]:
    """LINKs of the posts in one bucket that share a band, each to the least key of those that share it."""
    bands = bands[np.lexsort((bands["key"], bands["band"]))]
    first = firsts(bands["band"])
    shared = np.bincount(first, minlength=len(bands))[first] > 1
    posts = bands[shared]
    links = records(LINK_DTYPE, **{name: posts[name] for name, _ in _POST}, to=bands["key"][first[shared]])
    unique: NDArray[Any] = np.unique(links)
    return unique


def merge(links: NDArray[Any]) -> NDArray[Any]:
    """One LINK per post, by rank, to its representative: the first of its cluster. Links may be merged ones."""
    keys, at, posts = np.unique(links["key"], return_index=True, return_inverse=True)
    order = np.lexsort((keys, links["date"][at]))
    ranks = np.argsort(order)
    merged: NDArray[Any] = links[at[order]]
    merged["to"] = merged["key"][_roots(ranks[posts], ranks[np.searchsorted(keys, links["to"])], len(keys))]
    return merged


def _roots(one: NDArray[np.intp], other: NDArray[np.intp], nodes: int) -> NDArray[np.intp]:
    """The least node of each node's connected component: roots hook to lesser ones and paths halve, till all rest.

    The scheme of Shiloach and Vishkin, An O(log n) Parallel Connectivity Algorithm, 1982.
    """
    roots = np.arange(nodes)
    while True:
        least = np.minimum(roots[one], roots[other])
        hooked = roots.copy()
        np.minimum.at(hooked, roots[one], least)
        np.minimum.at(hooked, roots[other], least)
        hooked = hooked[hooked]
        if np.array_equal(hooked, roots):
            return roots
        roots = hooked


def members(merged: NDArray[Any]) -> NDArray[Any]:
    """MEMBERs of merged links: a cluster has the split of its first known post, else of its representative."""
    representatives, at, cluster = np.unique(merged["to"], return_index=True, return_inverse=True)
    splits = merged["own"][at]
    known = np.flatnonzero(merged["pin"] != NO_SPLIT)
    pinned, first = np.unique(cluster[known], return_index=True)
    splits[pinned] = merged["pin"][known[first]]
    split = np.where(merged["pin"] != NO_SPLIT, merged["pin"], splits[cluster])
    straddling = np.bincount(cluster[split != splits[cluster]], minlength=len(representatives))
    return records(
        MEMBER,
        key=merged["key"],
        representative=merged["to"],
        size=np.bincount(cluster)[cluster],
        straddling=np.where(merged["key"] == merged["to"], straddling[cluster], 0),
        split=np.where(split == merged["own"], NO_SPLIT, split),
    )
