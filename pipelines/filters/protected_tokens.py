from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

_URL = re.compile(
    r"(?:https?://|www\.)[^\s)]*[^\s).,;:!?'\"\]>*_]"
)  # without the punctuation of the sentence around it
_NUMBER = re.compile(r"[$\d](?<=\d|\$(?=\d))(?:[\d.,:/]*\d)?%?")


@dataclass(frozen=True, kw_only=True)
class ProtectedTokens:
    """Kept if at most maximum of the source's numbers and URLs are missing from the text.

    One that stands twice in the source must stand twice in the text. A number is digits with `.`, `,`, `:` or `/`
    between them, `$` before and `%` after; a URL goes up to white space or `)`. Numbers, or URLs, are not looked at
    where the tokenizer does not protect them.
    """

    name: ClassVar[str] = "protected_tokens"
    maximum: float = default_threshold("protected_tokens", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The number of numbers and URLs that are missing."""
        return [float(_missing(candidate)) for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text that lacks at most maximum of them."""
        return within(self.name, value, what="numbers and URLs of the source missing", maximum=self.maximum)


def _missing(candidate: Candidate) -> int:
    kinds = frozenset(candidate.protects)
    return (_protected(candidate.source, kinds) - _protected(candidate.text, kinds)).total()


@lru_cache(maxsize=16)  # one source has many variations
def _protected(text: str, kinds: frozenset[str]) -> Counter[str]:
    urls = _URL.findall(text) if "url" in kinds else []
    numbers = _NUMBER.findall(_URL.sub(" ", text)) if "number" in kinds else []
    return Counter(urls + numbers)
