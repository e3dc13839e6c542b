"""Finds clusters of near duplicates: the connected components of posts that share a band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.dedup.keys import NO_SPLIT
from pipelines.dedup.packed_rows import firsts, records

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POST = [("date", "<i4"), ("key", "<u8"), ("own", "u1"), ("pin", "u1")]
BAND = np.dtype([("band", "<u8"), *_POST])
"""A band of a post. own: the split that follows from the post's id; pin: the one that the dataset knows it by."""

LINK_DTYPE = np.dtype([*_POST, ("to", "<u8")])
"""A post, and in `to` the key of a post in the same cluster, which may be itself and has a row as well."""

MEMBER = np.dtype([("key", "<u8"), ("representative", "<u8"), ("size", "<u4"), ("straddling", "<u4"), ("split", "u1")])
"""A post of a cluster. split: NO_SPLIT if its id already gives the right one. straddling: in the representative's row,
how many known posts of the cluster are in another split than the rest, since a known post never moves."""


def link(bands: NDArray[Any]) -> NDArray[Any]:
    """Returns LINKs of the posts in one bucket that share a band, each to the lowest key among those that share it."""
    bands = bands[np.lexsort((bands["key"], bands["band"]))]
    first = firsts(bands["band"])
    shared = np.bincount(first, minlength=len(bands))[first] > 1
    posts = bands[shared]
    links = records(LINK_DTYPE, **{name: posts[name] for name, _ in _POST}, to=bands["key"][first[shared]])
    unique: NDArray[Any] = np.unique(links)
    return unique


def merge(links: NDArray[Any]) -> NDArray[Any]:
    """Returns one LINK per post, in the order of rank, to the representative: the first post of its cluster.

    The links may themselves be merged ones, so that merging in several steps gives the same result.
    """
    keys, rows, posts = np.unique(links["key"], return_index=True, return_inverse=True)
    order = np.lexsort((keys, links["date"][rows]))
    ranks = np.argsort(order)
    merged: NDArray[Any] = links[rows[order]]
    merged["to"] = merged["key"][_roots(ranks[posts], ranks[np.searchsorted(keys, links["to"])], len(keys))]
    return merged


def _roots(one: NDArray[np.intp], other: NDArray[np.intp], nodes: int) -> NDArray[np.intp]:
    """Returns for each node the lowest node of its connected component, given the edges between `one` and `other`.

    Roots are hooked to lower roots and paths are halved until nothing changes (Shiloach and Vishkin, An O(log n)
    Parallel Connectivity Algorithm, 1982). SciPy's connected_components would do, but SciPy is not a dependency.
    """
    roots = np.arange(nodes)
    while True:
        lowest = np.minimum(roots[one], roots[other])
        hooked = roots.copy()
        np.minimum.at(hooked, roots[one], lowest)
        np.minimum.at(hooked, roots[other], lowest)
        hooked = hooked[hooked]
        if np.array_equal(hooked, roots):
            return roots
        roots = hooked


def members(merged: NDArray[Any]) -> NDArray[Any]:
    """Returns the MEMBERs of merged links. A cluster is in the split of its first known post, or of its first post."""
    representatives, rows, cluster = np.unique(merged["to"], return_index=True, return_inverse=True)
    splits = merged["own"][rows]
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
