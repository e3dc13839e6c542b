"""Puts the pieces of neighbouring segments beside a segment: what a masked decoder sees while it varies that one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenizer.tokenizer import EOS

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONTEXT = 24
"""The most pieces of the text that stand before a segment, and behind it, as far as there is room."""


@dataclass(frozen=True)
class Window:
    """Pieces of a text without the last end marker; those of the segment begin at `start`."""

    ids: tuple[int, ...]
    start: int


def windows(rows: Sequence[Sequence[int]], *, max_len: int, context: int = _CONTEXT) -> list[Window]:
    """Returns a window for each segment of a text, given as rows of piece ids.

    End markers stand between segments, as in training. A window has fewer than `max_len` pieces, and up to `context` of
    them on either side of the segment.
    """
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
