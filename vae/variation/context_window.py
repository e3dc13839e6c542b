"""Segments with their neighbours beside them: what a masked decoder sees of a text while it varies a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenizer.tokenizer import EOS

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONTEXT = 24
"""Pieces of the text before a segment, and behind it, that stand beside it where there is room."""


@dataclass(frozen=True)
class Window:
    """Pieces of a text, without the last end marker; the segment's own begin at `start`."""

    ids: tuple[int, ...]
    start: int


def windows(rows: Sequence[Sequence[int]], *, max_len: int, context: int = _CONTEXT) -> list[Window]:
    """A window for each row of piece ids of a text, end markers between segments as in training."""
    return [_window(rows, place, max_len=max_len, context=context) for place in range(len(rows))]


def _window(rows: Sequence[Sequence[int]], place: int, *, max_len: int, context: int) -> Window:
    own = tuple(rows[place])
    before = [piece for row in rows[:place] if row for piece in (*row, EOS)]
    behind = [piece for row in rows[place + 1 :] if row for piece in (*row, EOS)]
    room = max_len - 1 - len(own)
    left = before[max(0, len(before) - min(context, room // 2)) :]
    right = behind[: max(0, min(context, room - len(left) - 1))]
    while right and right[-1] == EOS:
        right.pop()
    return Window((*left, *own, *((EOS, *right) if right else ())), len(left))
