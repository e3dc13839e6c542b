"""Which part of a text is read with which candidates: long texts and many candidates are cut into passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vae.variation.branches import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vae.language.sentence_encoder import SentenceEncoder

STRIDE, MARGIN = 96, 32
"""A long text is read in windows: STRIDE pieces whose candidates are weighed, and MARGIN on either side."""

ROOM = 384
"""Pieces of candidates that are read in one pass, as far as one place allows: the cost of attention is quadratic."""


class Candidate(NamedTuple):
    """The characters `start` to `end` - 1 of a text, and what would stand there instead."""

    start: int
    end: int
    new: str


class Layout(NamedTuple):
    """Pieces of a window, begin and end marks among them, its places, and the numbers of their candidates in order."""

    ids: tuple[int, ...]
    places: tuple[Place, ...]
    numbers: tuple[int, ...]


class _Spot(NamedTuple):
    start: int
    end: int


def layouts(encoder: SentenceEncoder, text: str, candidates: Sequence[Candidate]) -> Iterator[Layout]:
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


def _spot(candidate: Candidate, offsets: Sequence[tuple[int, int]]) -> _Spot:
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
        Place(spot.start - first + 1, spot.end - first + 1, tuple(new[number] for number in numbers))
        for spot, numbers in waiting
    ]
    numbers = tuple(number for _, each in waiting for number in each)
    return Layout((encoder.begin, *ids[first:last], encoder.end), tuple(places), numbers)
