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

_BROKEN = re.compile(
    "[\ufffd\u2047"  # undecodable bytes; SentencePiece's sign for an unknown piece
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab and line ends
    r"\ud800-\udfff]"  # lone surrogates, which no UTF-8 file can hold
)
_PLACEHOLDER = re.compile("<(?:num|url|code)>")


@dataclass(frozen=True, kw_only=True)
class Characters:
    """Kept if the text holds at most maximum broken characters and placeholders beyond those of the source.

    Broken characters are U+FFFD, the unknown-piece sign U+2047, control characters and lone surrogates. Placeholders
    are `<num>`, `<url>` and `<code>`. Each kind is compared with the source on its own.
    """

    name: ClassVar[str] = "characters"
    maximum: float = default_threshold("characters", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The number of broken characters and placeholders that the text has more of than the source."""
        return [float((_broken(candidate.text) - _broken(candidate.source)).total()) for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text with at most maximum of them."""
        what = "broken characters and leftover placeholders beyond the source's"
        return within(self.name, value, what=what, maximum=self.maximum)


@lru_cache(maxsize=16)  # one source has many variations
def _broken(text: str) -> Counter[str]:
    return Counter(_BROKEN.findall(text) + _PLACEHOLDER.findall(text))
