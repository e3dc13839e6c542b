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
    after; a URL goes up to white space or `)`. A kind that was not protected is not asked for.
    """

    name: ClassVar[str] = "protected_tokens"
    maximum: float = 0

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on lost numbers and URLs."""
        kinds = frozenset(candidate.protects)
        missing = _protected(candidate.source, kinds) - _protected(candidate.text, kinds)
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
def _protected(text: str, kinds: frozenset[str]) -> Counter[str]:
    urls = _URL.findall(text) if "url" in kinds else []
    numbers = _NUMBER.findall(_URL.sub(" ", text)) if "number" in kinds else []
    return Counter(urls + numbers)
