"""What a variation of a text is."""

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
"""What decoding gives for the unknown piece."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Words `old` at place `start` of the words of a segment, and the words `new` that stand there instead.

    `probability` is how probably people accept the exchange there, by the ranker that weighed it.
    """

    segment: int
    start: int
    old: str
    new: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class Variation:
    """A text put together from varied segments.

    `segments` are its segments' texts, in the source's order; `change` the share of changed words over all of them;
    `segments_changed` how many differ from the source; `edits` what was exchanged, where that was done word by word.
    `why_short` says why less changed than was asked for; "" where nothing is missing.
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
    """The text with these masked segments; its own segment where one is empty, unknown in part, or lost a span."""
    sources = [segment.text for segment in text]
    segments = [_usable(each, segment) or segment.text for each, segment in zip(masked, text, strict=True)]
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


def _usable(masked: str, segment: Segment) -> str | None:
    return restore(masked, segment.protected) if masked and UNKNOWN not in masked else None
