"""What a rule sees and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tokenizer.protect import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A whole post as varied, beside its source.

    `change` is the share of changed words, 0 to 1, over the segments that may be varied; `accepted` are the texts
    of this post's variations accepted before this one; `protects` are the kinds of spans that were not to be varied.
    """

    source: str
    text: str
    change: float
    accepted: tuple[str, ...] = ()
    protects: Collection[str] = KINDS


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One rule's verdict: kept or not, the measured value, the threshold, and the reason in words when not kept."""

    rule: str
    kept: bool
    value: float
    threshold: float
    reason: str = ""


class Rule(Protocol):
    """Judges a candidate; `name` is the key of its thresholds in the YAML and the value of `rule` in rejects."""

    @property
    def name(self) -> str:
        """The rule's name."""
        ...

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict; never raises for any text."""
        ...
