from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipelines.clean.pii import mask_personal_data
from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """Kept if the text holds at most maximum e-mail addresses, phone, card, account numbers, IPs beyond the source's.

    Each is counted by its kind, as `prepare --mask-pii` tells them.
    """

    name: ClassVar[str] = "pii"
    maximum: float = 0

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """How many there are beyond the source's."""
        return [float((_held(each.text) - _held(each.source)).total()) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether no personal data came in."""
        return within(self.name, value, what="personal data that the source does not hold", maximum=self.maximum)


@lru_cache(maxsize=16)  # one source has many variations
def _held(text: str) -> Counter[str]:
    return mask_personal_data(text)[1]
