"""Measures how similar other words are to the words of a text, as a sentence encoder reads both in their sentence."""

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
"""Rows are padded to a multiple of this many pieces, because the rounding of a matrix product depends on its shape."""


class ReplacedSpan(NamedTuple):
    """The pieces `start` to `end` - 1 of a text, and the candidates for their place, each as the ids of its pieces."""

    start: int
    end: int
    new: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Branches:
    """A text and candidates for some of its words, laid out as one row, so that one pass reads all candidates.

    The row holds the pieces of the text, then those of each candidate. A candidate is a branch of the text: its pieces
    have the places of the old ones. Every piece sees the text, old pieces included; the pieces of a candidate also see
    one another, and those of no other candidate.

    Attributes:
        ids: of the pieces, (length,).
        places: of the pieces in the text, (length,).
        sees: whether a piece sees another, (length, length).
        old: weights of the mean over the old pieces of each candidate, (candidates, length).
        new: weights of the mean over the pieces of each candidate, (candidates, length).
    """

    ids: Tensor
    places: Tensor
    sees: Tensor
    old: Tensor
    new: Tensor


def branches(text: Sequence[int], places: Sequence[ReplacedSpan]) -> Branches:
    """Lays out a text, given as its pieces with begin and end marks, and all candidates of some places, in order."""
    # The owner of a piece is 0 for the text, the number of its candidate from 1, and -1 for padding.
    ids, text_places, owners = list(text), list(range(len(text))), [0] * len(text)
    candidates = [(place, new) for place in places for new in place.new]
    for number, (place, new) in enumerate(candidates, 1):
        ids += new
        text_places += [min(place.start + k, len(text) - 1) for k in range(len(new))]
        owners += [number] * len(new)
    padding = -len(ids) % STEP
    owner = torch.tensor(owners + [-1] * padding)
    old = torch.zeros(len(candidates), len(owner))
    for row, (place, _) in zip(old, candidates, strict=True):
        row[place.start : place.end] = 1 / (place.end - place.start)
    is_new = (owner == torch.arange(1, len(candidates) + 1)[:, None]).float()
    return Branches(
        ids=torch.tensor(ids + [0] * padding),
        places=torch.tensor(text_places + [0] * padding),
        sees=(owner == 0) | (owner == owner[:, None]),
        old=old,
        new=is_new / is_new.sum(1, keepdim=True),
    )


STRIDE, MARGIN = 96, 32
"""A long text is read in windows: STRIDE pieces whose candidates are scored, and MARGIN pieces on either side."""

ROOM = 384
"""The most pieces of candidates in one pass, because the cost of attention is quadratic. The candidates of one place
are always read together, even if they have more."""


class SpanSubstitution(NamedTuple):
    """The characters `start` to `end` - 1 of a text, and the text `new` that would replace them."""

    start: int
    end: int
    new: str


class Layout(NamedTuple):
    """The pieces of a window with its begin and end marks, its places, and the numbers of their candidates in order."""

    ids: tuple[int, ...]
    places: tuple[ReplacedSpan, ...]
    numbers: tuple[int, ...]


class _Spot(NamedTuple):
    """The pieces `start` to `end` - 1 of a text."""

    start: int
    end: int


def layouts(encoder: SentenceEncoder, text: str, candidates: Sequence[SpanSubstitution]) -> Iterator[Layout]:
    """Yields the layouts in which the encoder reads the candidates of a text: each candidate is in exactly one."""
    ids, offsets = encoder.pieces_of(text)
    by_spot: dict[_Spot, list[int]] = {}
    for number, candidate in enumerate(candidates):
        by_spot.setdefault(_spot(candidate, offsets), []).append(number)
    new = [tuple(encoder.pieces_of(candidate.new)[0]) or (encoder.unknown,) for candidate in candidates]
    whole = len(ids) <= STRIDE + 2 * MARGIN
    waiting: list[tuple[_Spot, list[int]]] = []
    window = pieces = 0
    for spot, numbers in sorted(by_spot.items()):
        spot_window, size = (0 if whole else spot.start // STRIDE), sum(len(new[number]) for number in numbers)
        if waiting and (spot_window != window or pieces + size > ROOM):
            yield _layout(encoder, ids, window, waiting, new, whole=whole)
            waiting, pieces = [], 0
        window, pieces = spot_window, pieces + size
        waiting.append((spot, numbers))
    if waiting:
        yield _layout(encoder, ids, window, waiting, new, whole=whole)


def _spot(candidate: SpanSubstitution, offsets: Sequence[tuple[int, int]]) -> _Spot:
    """Returns the pieces that share a character with the old words; if none does, the piece that follows them."""
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
    """Returns the layout of one window of a text, or of the `whole` text; `new` holds the pieces of all candidates."""
    first = 0 if whole else max(0, window * STRIDE - MARGIN)
    last = len(ids) if whole else max(window * STRIDE + STRIDE + MARGIN, *(spot.end for spot, _ in waiting))
    places = [
        ReplacedSpan(spot.start - first + 1, spot.end - first + 1, tuple(new[number] for number in numbers))
        for spot, numbers in waiting
    ]
    numbers = tuple(number for _, spot_numbers in waiting for number in spot_numbers)
    return Layout((encoder.begin, *ids[first:last], encoder.end), tuple(places), numbers)


_LAYERS = 6
"""Layers of the encoder."""

SIMILARITY_COLUMNS = (*(f"near {layer}" for layer in range(_LAYERS + 1)), "rarer", "more pieces")
"""What `context_cosines` returns for a candidate.

"near": the cosine of the states of old and new words, before the first layer and after each. "rarer": how much rarer
the new words are, as the difference of the mean log id of their pieces, since WordPiece gives ids by falling frequency.
"more pieces": how many more pieces the new words have."""


@torch.inference_mode()
def context_cosines(encoder: SentenceEncoder, text: str, candidates: Sequence[SpanSubstitution]) -> Tensor:
    """Returns (n, SIMILARITY_COLUMNS) for the candidates of a text.

    The encoder reads each as a branch of the text (see `branches`), many in one pass, with the old words in sight.
    """
    rows = torch.zeros(len(candidates), len(SIMILARITY_COLUMNS))
    for layout in layouts(encoder, text, candidates):
        counts = [
            (_rarity(new) - _rarity(layout.ids[place.start : place.end]), len(new) - (place.end - place.start))
            for place in layout.places
            for new in place.new
        ]
        cosines = _cosines(encoder.bert, branches(layout.ids, layout.places))
        rows[list(layout.numbers)] = torch.cat([cosines, torch.tensor(counts)], 1)
    return rows


def _cosines(bert: Bert, row: Branches) -> Tensor:
    """Returns cosines (candidates, layers + 1) of the mean states of old and new words."""
    states = bert.embedded(row.ids[None], row.places[None])
    cosines = [functional.cosine_similarity(row.old @ states[0], row.new @ states[0])]
    for layer in bert.layers:
        states = layer(states, row.sees[None, None])
        cosines.append(functional.cosine_similarity(row.old @ states[0], row.new @ states[0]))
    return torch.stack(cosines, 1)


def _rarity(pieces: Sequence[int]) -> float:
    """Returns the mean log id of pieces, which grows with how rare they are."""
    return sum(math.log(piece + 1) for piece in pieces) / len(pieces)
