from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement

_BROKEN = re.compile(
    "[\ufffd\u2047"  # undecodable bytes; SentencePiece's sign for an unknown piece
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab and line ends
    r"\ud800-\udfff]"  # lone surrogates, which no UTF-8 file can hold
)
_PLACEHOLDER = re.compile("<(?:num|url|code)>")


@dataclass(frozen=True, kw_only=True)
class Characters:
    """Kept if the text holds at most maximum broken characters and placeholders beyond those of the source.

    Broken are U+FFFD, the unknown-piece sign U+2047, control characters and lone surrogates; placeholders are `<num>`,
    `<url>` and `<code>`. Each is counted by its kind.
    """

    name: ClassVar[str] = "characters"
    maximum: float = 0

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on broken characters and leftover placeholders."""
        surplus = _broken(candidate.text) - _broken(candidate.source)
        kept = surplus.total() <= self.maximum
        found = ", ".join(f"{_spelled(broken)} × {count}" for broken, count in sorted(surplus.items()))
        reason = f"broken characters or leftover placeholders that the source does not hold: {found}"
        return Judgement(
            rule=self.name,
            kept=kept,
            value=float(surplus.total()),
            threshold=self.maximum,
            reason="" if kept else reason,
        )


def _broken(text: str) -> Counter[str]:
    return Counter(_BROKEN.findall(text) + _PLACEHOLDER.findall(text))


def _spelled(broken: str) -> str:
    return broken if len(broken) > 1 else f"U+{ord(broken):04X}"
