"""A text, and beside it what might stand in some of its places, laid out to be read in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

STEP = 32
"""Rows are padded to a multiple of it: a matrix product rounds by its shape."""


class Place(NamedTuple):
    """The pieces `start` to `end` - 1 of a text, and what might stand there instead, each as ids of its pieces."""

    start: int
    end: int
    new: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Branches:
    """Pieces (length,) of a text, then of each candidate, which stands where the old pieces do: a branch of the text.

    All see the text, old pieces included; a candidate's pieces see one another too, and no other candidate is seen by
    anything. So one pass over a text weighs all its candidates. `ids` and `places` are (length,), `sees` is (length,
    length); `old` and `new`, (candidates, length), have 1 / pieces where the old pieces of a candidate stand and where
    its own do.
    """

    ids: Tensor
    places: Tensor
    sees: Tensor
    old: Tensor
    new: Tensor


def branches(text: Sequence[int], places: Sequence[Place]) -> Branches:
    """The layout of a text's pieces (begin and end marks among them) and of the candidates, in order."""
    ids, at, owner = list(text), list(range(len(text))), [0] * len(text)
    candidates = [(place, new) for place in places for new in place.new]
    for number, (place, new) in enumerate(candidates, 1):
        ids += new
        at += [min(place.start + k, len(text) - 1) for k in range(len(new))]
        owner += [number] * len(new)
    missing = -len(ids) % STEP
    owners = torch.tensor(owner + [-1] * missing)
    old = torch.zeros(len(candidates), len(owners))
    for row, (place, _) in zip(old, candidates, strict=True):
        row[place.start : place.end] = 1 / (place.end - place.start)
    new_places = (owners == torch.arange(1, len(candidates) + 1)[:, None]).float()
    return Branches(
        ids=torch.tensor(ids + [0] * missing),
        places=torch.tensor(at + [0] * missing),
        sees=(owners == 0) | (owners == owners[:, None]),
        old=old,
        new=new_places / new_places.sum(1, keepdim=True),
    )
