from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipelines.clean.pii import mask_personal_data
from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """Kept if the text holds at most maximum e-mail addresses, phone, card, account numbers, IPs beyond the source's.

    `prepare --mask-pii` finds the same kinds. Each kind is compared with the source on its own.
    """

    name: ClassVar[str] = "pii"
    maximum: float = default_threshold("pii", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The number of personal data that the text has more of than the source."""
        return [
            float((_kinds_held(candidate.text) - _kinds_held(candidate.source)).total()) for candidate in candidates
        ]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text with at most maximum of them."""
        return within(self.name, value, what="personal data that the source does not hold", maximum=self.maximum)


@lru_cache(maxsize=16)  # one source has many variations
def _kinds_held(text: str) -> Counter[str]:
    return mask_personal_data(text)[1]
