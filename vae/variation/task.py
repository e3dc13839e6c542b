"""A segment that is to be varied, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tokenizer.segments import Segment


class Task(NamedTuple):
    """A segment to vary: of which post and category, at which place there.

    `number` tells the variations of a post apart where their latents differ. Noise follows from post, place and number.
    """

    segment: Segment
    post: str
    place: int
    category: str = ""
    number: int = 0
