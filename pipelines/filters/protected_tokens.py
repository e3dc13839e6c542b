from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement

_URL = re.compile(r"(?:https?://|www\.)[^\s)]*[^\s).,;:!?'\"\]>*_]")  # less what punctuates the sentence around it
_NUMBER = re.compile(r"[$\d](?<=\d|\$(?=\d))(?:[\d.,:/]*\d)?%?")
_LISTED = 5


@dataclass(frozen=True, kw_only=True)
class ProtectedTokens:
    """Kept if at most maximum of the source's numbers and URLs are missing from the text.

    Each is counted as often as it stands. A number is digits with `.`, `,`, `:` or `/` between them, `$` before and `%`
    after; a URL goes up to white space or `)`.
    """

    name: ClassVar[str] = "protected_tokens"
    maximum: float = 0

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on lost numbers and URLs."""
        missing = _protected(candidate.source) - _protected(candidate.text)
        kept = missing.total() <= self.maximum
        listed = ", ".join([*missing][:_LISTED]) + (", …" if len(missing) > _LISTED else "")
        reason = f"numbers or URLs of the source are missing: {listed}"
        return Judgement(
            rule=self.name,
            kept=kept,
            value=float(missing.total()),
            threshold=self.maximum,
            reason="" if kept else reason,
        )


@lru_cache(maxsize=16)  # one source has many variations
def _protected(text: str) -> Counter[str]:
    return Counter(_URL.findall(text) + _NUMBER.findall(_URL.sub(" ", text)))
