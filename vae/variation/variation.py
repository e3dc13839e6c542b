"""Defines a variation of a text and its edits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, zip_longest
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from tokenizer.protect import restore
from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.segments import Segment

UNKNOWN = "\u2047"
"""The text that decoding writes for the unknown piece."""

_WORDS_AROUND = 5
"""How many words `repr` shows on each side of an edit."""

_CHARACTERS = 100
"""How much of a text `repr` shows where there are no edits to show."""


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


@dataclass(frozen=True, kw_only=True, repr=False)
class Variation:
    """A variation of a text. `str` gives the text, and `repr` marks what changed: `[the old → the new words]`.

    Attributes:
        segments: the texts of its segments, in the order of the source.
        change: the share of changed words over all segments.
        segments_changed: the number of segments that differ from the source.
        edits: what was edited; none if segments were decoded as a whole.
        why_short: why nothing changed; "" if something did.
        gaps: the white space between the segments; () where it is a space.
    """

    segments: tuple[str, ...]
    change: float
    segments_changed: int
    edits: tuple[Edit, ...] = ()
    why_short: str = ""
    gaps: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The segments with the white space between them."""
        gaps = self.gaps or (" ",) * (len(self.segments) - 1)
        return "".join(chain.from_iterable(zip_longest(self.segments, gaps, fillvalue="")))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        if self.edits:
            parts = [
                _marked(segment.split(), [edit for edit in self.edits if edit.segment == place])
                for place, segment in enumerate(self.segments)
            ]
            shown = re.sub("…( …)+", "…", " ".join(parts))
        else:
            shown = shorten(self.text, _CHARACTERS, placeholder=" …")
        why = f" ({self.why_short})" if self.why_short else ""
        return f"<Variation, {self.change:.0%} changed: {shown}{why}>"


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


def _marked(words: Sequence[str], edits: Sequence[Edit]) -> str:
    """Returns the words of a new segment with its edits marked; words far from all edits become an ellipsis."""
    shown: dict[int, str] = {}
    longer, done = 0, 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        new = edit.new.split()
        # A placeholder may stand for several words, so the edit may stand further on than its place says.
        places = range(max(done, edit.start + longer), len(words) - len(new) + 1)
        start = next((place for place in places if list(words[place : place + len(new)]) == new), None)
        if start is None:
            continue
        end = start + len(new)
        near = range(max(done, start - _WORDS_AROUND), min(len(words), end + _WORDS_AROUND))
        shown |= {place: words[place] for place in near} | dict.fromkeys(range(start, end), "")
        shown[start] = f"[{edit.old} → {edit.new}]"
        longer, done = start + len(new) - edit.start - len(edit.old.split()), end
    return " ".join(filter(None, (shown.get(place, "…") for place in range(len(words)))))


def _restored(masked: str, segment: Segment) -> str | None:
    """Returns a masked text with the protected spans of its segment; None if it cannot be used."""
    return restore(masked, segment.protected) if masked and UNKNOWN not in masked else None
