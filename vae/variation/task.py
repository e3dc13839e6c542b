"""Defines a task: a segment to vary, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tokenizer.segments import Segment


class Task(NamedTuple):
    """A segment to vary, with its post, its place there, and the category of the post.

    The noise of its latents depends on post, place and number. `number` is that of the variation if each variation has
    latents of its own, and 0 if variations share proposals.
    """

    segment: Segment
    post: str
    place: int
    category: str = ""
    number: int = 0
