"""What a rule sees, what it measures and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Protocol

from pipelines.filters.words_and_phrases import encodable
from tokenizer.protect import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A whole post as varied, beside its source.

    `change` is the share of changed words, 0 to 1, over the segments that may be varied; `segments` are these, masked,
    each as (source, varied); `language` is the post's, "" where unknown; `protects` are the kinds of spans that were
    not to be varied.
    """

    source: str
    text: str
    change: float
    segments: tuple[tuple[str, str], ...] = ()
    language: str = ""
    protects: Collection[str] = KINDS

    @cached_property
    def masked(self) -> tuple[str, str]:
        """The varied segments as one text, before and after, with ? for lone surrogates, which models refuse."""
        source, varied = (" ".join(texts) for texts in zip(*self.segments, strict=True)) if self.segments else ("", "")
        return encodable(source), encodable(varied)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One rule's verdict: kept or not, the measured value, the threshold, and the reason in words when not kept."""

    rule: str
    kept: bool
    value: float
    threshold: float
    reason: str = ""


class Rule(Protocol):
    """Measures candidates and judges what was measured, apart from each other: thresholds concern the verdict alone.

    `name` is the key of its thresholds in the YAML and of its values in `scores`.
    """

    @property
    def name(self) -> str:
        """The rule's name."""
        ...

    def measure(self, candidates: Sequence[Candidate], model: TextVAE, /) -> list[float | None]:
        """A value for each candidate, None where there is nothing to measure; never raises for any text."""
        ...

    def verdict(self, value: float, /) -> Judgement:
        """What a measured value means by the rule's thresholds."""
        ...


def within(
    rule: str, value: float, *, what: str, minimum: float | None = None, maximum: float | None = None
) -> Judgement:
    """Kept from minimum to maximum, where None is no bound; the threshold told is the one missed.

    Args:
        rule: its name.
        value: as measured.
        what: the value is, as the reason tells it: "share of changed words".
        minimum: the least value kept.
        maximum: the greatest value kept.
    """
    low, high = -inf if minimum is None else minimum, inf if maximum is None else maximum
    kept = low <= value <= high
    threshold, side = (low, "below the minimum") if value < low or high == inf else (high, "above the maximum")
    reason = "" if kept else f"{what}: {value:.4g}, {side} {threshold:.4g}"
    return Judgement(rule=rule, kept=kept, value=value, threshold=threshold, reason=reason)
