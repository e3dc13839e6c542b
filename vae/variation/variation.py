"""Defines a variation of a text and its edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tokenizer.protect import restore
from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.segments import Segment

UNKNOWN = "\u2047"
"""The text that decoding writes for the unknown piece."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """An edit of a segment: the words `old`, from the word at place `start` on, became the words `new`.

    `probability` is the ranker's probability that people accept the edit there.
    """

    segment: int
    start: int
    old: str
    new: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class Variation:
    """A variation of a text.

    Attributes:
        segments: the texts of its segments, in the order of the source.
        change: the share of changed words over all segments.
        segments_changed: the number of segments that differ from the source.
        edits: what was edited; none if segments were decoded as a whole.
        why_short: why nothing changed; "" if something did.
    """

    segments: tuple[str, ...]
    change: float
    segments_changed: int
    edits: tuple[Edit, ...] = ()
    why_short: str = ""

    @property
    def text(self) -> str:
        """The segments as one paragraph."""
        return " ".join(self.segments)


def variation_of(
    text: Sequence[Segment], masked: Sequence[str], *, edits: Sequence[Edit] = (), why_short: str = ""
) -> Variation:
    """Returns the variation of a text that has these masked texts as its segments.

    A segment stays as it is if its masked text is empty, holds unknown pieces, or lost a protected span.
    """
    sources = [segment.text for segment in text]
    segments = [_restored(new, segment) or segment.text for new, segment in zip(masked, text, strict=True)]
    if segments == sources and not why_short:
        why_short = "nothing that was decoded for it could be used"
    sizes = np.array([len(source.split()) for source in sources])
    shares = np.array([changed_words(*pair) for pair in zip(sources, segments, strict=True)])
    return Variation(
        segments=tuple(segments),
        change=float(shares @ sizes / max(1, sizes.sum())) if len(sizes) else 0.0,
        segments_changed=sum(first != second for first, second in zip(sources, segments, strict=True)),
        edits=tuple(edits),
        why_short=why_short,
    )


def _restored(masked: str, segment: Segment) -> str | None:
    """Returns a masked text with the protected spans of its segment; None if it cannot be used."""
    return restore(masked, segment.protected) if masked and UNKNOWN not in masked else None
