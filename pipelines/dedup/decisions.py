"""The decisions about a unit's posts: which are duplicates, which need another id or another split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.dedup.clusters import MEMBER
from pipelines.dedup.keys import NO_SPLIT, PostPlace, place_of
from pipelines.dedup.packed_rows import unpack_rows
from pipelines.dedup.same_content import COPY, PIN
from pipelines.posts.split import SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class ExactDuplicate(NamedTuple):
    """A post to drop, since the post at `first` has the same content and ranks before it."""

    row: int
    first: PostPlace


class NearDuplicate(NamedTuple):
    """A post of a cluster of `size` posts, which the post at `representative` represents."""

    row: int
    representative: PostPlace
    size: int


class Cluster(NamedTuple):
    """A post that represents a cluster of `size` posts, itself included.

    `straddling` of them are known to the dataset by another split than the cluster's, and stay in it.
    """

    row: int
    size: int
    straddling: int


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """The decisions about one unit's posts, by row. A post that no decision names stays, in the split of its id.

    renamed: rows whose id a post of an earlier rank has; splits: (row, split).
    """

    exact: tuple[ExactDuplicate, ...] = ()
    near: tuple[NearDuplicate, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    renamed: tuple[int, ...] = ()
    splits: tuple[tuple[int, str], ...] = ()


def decide_unit(parts: Mapping[str, Iterable[bytes]]) -> Decisions:
    """Returns the decisions about one unit from its packed `copies`, `pins`, `members` and `repeated` keys."""
    copies = unpack_rows(parts["copies"], COPY).tolist()
    members = unpack_rows(parts["members"], MEMBER).tolist()
    repeated = unpack_rows(parts["repeated"], np.dtype("<u8")).tolist()
    splits = dict(unpack_rows(parts["pins"], PIN).tolist())
    splits.update((key, split) for key, *_, split in members if split != NO_SPLIT)
    return Decisions(
        exact=tuple(sorted(ExactDuplicate(place_of(key).row, place_of(first)) for key, first in copies)),
        near=tuple(
            sorted(
                NearDuplicate(place_of(key).row, place_of(representative), size)
                for key, representative, size, *_ in members
                if key != representative
            )
        ),
        clusters=tuple(
            sorted(
                Cluster(place_of(key).row, size, straddling)
                for key, representative, size, straddling, _ in members
                if key == representative
            )
        ),
        renamed=tuple(sorted(place_of(key).row for key in repeated)),
        splits=tuple(sorted((place_of(key).row, SPLITS[split - 1]) for key, split in splits.items())),
    )
