from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

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

    Broken are U+FFFD, the unknown-piece sign U+2047, control characters and lone surrogates; placeholders are `<num>`,
    `<url>` and `<code>`. Each is counted by its kind.
    """

    name: ClassVar[str] = "characters"
    maximum: float = 0

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """How many there are beyond the source's."""
        return [float((_broken(each.text) - _broken(each.source)).total()) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether the text is clean."""
        what = "broken characters and leftover placeholders beyond the source's"
        return within(self.name, value, what=what, maximum=self.maximum)


@lru_cache(maxsize=16)  # one source has many variations
def _broken(text: str) -> Counter[str]:
    return Counter(_BROKEN.findall(text) + _PLACEHOLDER.findall(text))
