"""What becomes of a unit's posts."""

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
    """A post to drop: `first` has the same content."""

    row: int
    first: PostPlace


class NearDuplicate(NamedTuple):
    """A post that resembles others, of which `representative` stands for all `size`."""

    row: int
    representative: PostPlace
    size: int


class Cluster(NamedTuple):
    """A post that stands for `size` near duplicates, itself among them.

    `straddling` of them were known by another split than the cluster's, and stay there.
    """

    row: int
    size: int
    straddling: int


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """Of one unit, each by row; what is not named stays as it is, in the split of its own id.

    renamed: rows whose id an earlier ranked post has. splits: (row, split).
    """

    exact: tuple[ExactDuplicate, ...] = ()
    near: tuple[NearDuplicate, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    renamed: tuple[int, ...] = ()
    splits: tuple[tuple[int, str], ...] = ()


def decide_unit(parts: Mapping[str, Iterable[bytes]]) -> Decisions:
    """Puts together what was decided of one unit: packed `copies`, `pins`, `members` and `repeated` keys."""
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
