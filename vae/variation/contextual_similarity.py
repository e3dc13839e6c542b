"""How near other words come to those that stand in a text, as a sentence encoder reads both there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from vae.language.bert import Bert
    from vae.language.sentence_encoder import SentenceEncoder

STEP = 32
"""Rows are padded to a multiple of it: a matrix product rounds by its shape."""


class ReplacedSpan(NamedTuple):
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


def branches(text: Sequence[int], places: Sequence[ReplacedSpan]) -> Branches:
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


STRIDE, MARGIN = 96, 32
"""A long text is read in windows: STRIDE pieces whose candidates are weighed, and MARGIN on either side."""

ROOM = 384
"""Pieces of candidates that are read in one pass, as far as one place allows: the cost of attention is quadratic."""


class SpanSubstitution(NamedTuple):
    """The characters `start` to `end` - 1 of a text, and what would stand there instead."""

    start: int
    end: int
    new: str


class Layout(NamedTuple):
    """Pieces of a window, begin and end marks among them, its places, and the numbers of their candidates in order."""

    ids: tuple[int, ...]
    places: tuple[ReplacedSpan, ...]
    numbers: tuple[int, ...]


class _Spot(NamedTuple):
    start: int
    end: int


def layouts(encoder: SentenceEncoder, text: str, candidates: Sequence[SpanSubstitution]) -> Iterator[Layout]:
    """Every candidate of a text once, those of one window and one place together."""
    ids, offsets = encoder.pieces_of(text)
    by_spot: dict[_Spot, list[int]] = {}
    for number, candidate in enumerate(candidates):
        by_spot.setdefault(_spot(candidate, offsets), []).append(number)
    new = [tuple(encoder.pieces_of(each.new)[0]) or (encoder.unknown,) for each in candidates]
    whole = len(ids) <= STRIDE + 2 * MARGIN
    waiting: list[tuple[_Spot, list[int]]] = []
    window = room = 0
    for spot, numbers in sorted(by_spot.items()):
        own, size = (0 if whole else spot.start // STRIDE), sum(len(new[number]) for number in numbers)
        if waiting and (own != window or room + size > ROOM):
            yield _layout(encoder, ids, window, waiting, new, whole=whole)
            waiting, room = [], 0
        window, room = own, room + size
        waiting.append((spot, numbers))
    if waiting:
        yield _layout(encoder, ids, window, waiting, new, whole=whole)


def _spot(candidate: SpanSubstitution, offsets: Sequence[tuple[int, int]]) -> _Spot:
    """The pieces that share a character with the old words; the one that follows where none does."""
    touched = [k for k, (start, end) in enumerate(offsets) if start < candidate.end and end > candidate.start]
    if touched:
        return _Spot(touched[0], touched[-1] + 1)
    behind = sum(end <= candidate.start for _, end in offsets)
    return _Spot(min(behind, len(offsets) - 1), min(behind, len(offsets) - 1) + 1)


def _layout(
    encoder: SentenceEncoder,
    ids: Sequence[int],
    window: int,
    waiting: Sequence[tuple[_Spot, Sequence[int]]],
    new: Sequence[tuple[int, ...]],
    *,
    whole: bool,
) -> Layout:
    first = 0 if whole else max(0, window * STRIDE - MARGIN)
    last = len(ids) if whole else max(window * STRIDE + STRIDE + MARGIN, *(spot.end for spot, _ in waiting))
    places = [
        ReplacedSpan(spot.start - first + 1, spot.end - first + 1, tuple(new[number] for number in numbers))
        for spot, numbers in waiting
    ]
    numbers = tuple(number for _, each in waiting for number in each)
    return Layout((encoder.begin, *ids[first:last], encoder.end), tuple(places), numbers)


_LAYERS = 6
"""Layers of the encoder."""

SIMILARITY_COLUMNS = (*(f"near {layer}" for layer in range(_LAYERS + 1)), "rarer", "more pieces")
"""What `context_cosines` tells of a candidate.

The cosine of the states of old and new words, before the first layer and after each; how much rarer the new are (the
difference of the mean log of their pieces' ids, which WordPiece gives by falling frequency); how many more pieces they
are."""


@torch.inference_mode()
def context_cosines(encoder: SentenceEncoder, text: str, candidates: Sequence[SpanSubstitution]) -> Tensor:
    """What the encoder tells of each candidate, (n, COLUMNS).

    Each is read as a branch of the text (`branches`): in one pass with many others, the old words in sight.
    """
    found = torch.zeros(len(candidates), len(SIMILARITY_COLUMNS))
    for layout in layouts(encoder, text, candidates):
        layout_read = branches(layout.ids, layout.places)
        counted = [
            (_rarity(new) - _rarity(layout.ids[place.start : place.end]), len(new) - (place.end - place.start))
            for place in layout.places
            for new in place.new
        ]
        found[list(layout.numbers)] = torch.cat([_cosines(encoder.bert, layout_read), torch.tensor(counted)], 1)
    return found


def _cosines(bert: Bert, context_cosines: Branches) -> Tensor:
    """Cosines (candidates, layers + 1) of the mean states of old and new words."""
    states = bert.embedded(context_cosines.ids[None], context_cosines.places[None])
    found = [functional.cosine_similarity(context_cosines.old @ states[0], context_cosines.new @ states[0])]
    for layer in bert.layers:
        states = layer(states, context_cosines.sees[None, None])
        found.append(functional.cosine_similarity(context_cosines.old @ states[0], context_cosines.new @ states[0]))
    return torch.stack(found, 1)


def _rarity(pieces: Sequence[int]) -> float:
    return sum(math.log(piece + 1) for piece in pieces) / len(pieces)
