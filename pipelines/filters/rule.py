"""What every rule has in common: the candidate it measures, the judgement it gives, and its interface."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from pipelines.filters.words_and_phrases import encodable
from tokenizer.protect import PROTECTED_KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A varied post beside its source.

    Attributes:
        source: the whole text of the post.
        text: the whole text of the variation.
        change: the share of changed words, 0 to 1, over the segments that may be varied.
        segments: the masked segments that may be varied, each as (source, varied).
        language: the code of the post's language, "" if unknown.
        protects: the kinds of spans that the tokenizer protects from change.
    """

    source: str
    text: str
    change: float
    segments: tuple[tuple[str, str], ...] = ()
    language: str = ""
    protects: Collection[str] = PROTECTED_KINDS

    @cached_property
    def masked(self) -> tuple[str, str]:
        """The segments joined to one text, before and after; ? stands for lone surrogates, which models refuse."""
        source, varied = (" ".join(texts) for texts in zip(*self.segments, strict=True)) if self.segments else ("", "")
        return encodable(source), encodable(varied)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A rule's verdict on a value: kept or not, the threshold, and the reason in words if it is not kept."""

    rule: str
    kept: bool
    value: float
    threshold: float
    reason: str = ""


class Rule(Protocol):
    """Measures candidates, and gives a verdict on a measured value. Only the verdict depends on the thresholds."""

    @property
    def name(self) -> str:
        """The key of the rule's thresholds in a rules file, and of its values in `scores`."""
        ...

    def measure(self, candidates: Sequence[Candidate], model: TextVAE, /) -> list[float | None]:
        """A value for each candidate, None if there is nothing to measure. No text makes it raise."""
        ...

    def verdict(self, value: float, /) -> Judgement:
        """The verdict on a measured value by the rule's thresholds."""
        ...


@runtime_checkable
class RemeasurableRule(Rule, Protocol):
    """A rule that measures without the model, so that `judge` can measure stored candidates again.

    `reads_source` says whether it reads the post beside the variation.
    """

    reads_source: ClassVar[bool]

    def measures_as(self, earlier: Mapping[str, Any], /) -> bool:
        """Whether it measures the same as with the earlier settings, which are empty if it was off."""
        ...


def plain_settings(rule: Any) -> dict[str, Any]:
    """The settings of a rule, or of the selection, as JSON and YAML hold them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(rule).items()}


def within(
    rule: str, value: float, *, what: str, minimum: float | None = None, maximum: float | None = None
) -> Judgement:
    """The judgement that keeps a value from minimum to maximum; its threshold is the bound that was missed.

    Args:
        rule: the name of the rule.
        value: the measured value.
        what: what the value is, for the reason: "share of changed words".
        minimum: the least value kept; None is no bound.
        maximum: the greatest value kept; None is no bound.
    """
    low, high = -inf if minimum is None else minimum, inf if maximum is None else maximum
    kept = low <= value <= high
    threshold, side = (low, "below the minimum") if value < low or high == inf else (high, "above the maximum")
    reason = "" if kept else f"{what}: {value:.4g}, {side} {threshold:.4g}"
    return Judgement(rule=rule, kept=kept, value=value, threshold=threshold, reason=reason)
