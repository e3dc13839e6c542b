from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

FATAL: Final = 50
"""Words of another text that no setting lets through: what is called memorised (Carlini et al. 2023, section 3)."""


@dataclass(frozen=True, kw_only=True)
class Leakage:
    """Kept if no passage of more than maximum words stands in a training text but not in the source.

    Passages of fewer than 12 words are no evidence: decontamination looks for 8 to 13 (Brown et al. 2020, appendix C).
    50 words are fatal whatever the maximum, and also where the rule is off.
    """

    name: ClassVar[str] = "leakage"
    maximum: float = 11

    def measure(self, candidates: Sequence[Candidate], model: TextVAE) -> list[float | None]:
        """Words of the longest passage, 0 or at least 12; None for a model without an index of its texts."""
        if model.spans is None:
            return [None] * len(candidates)
        return [float(model.spans.longest(*reversed(each.masked))) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether the text is no copy of another post."""
        what = "words of the longest passage that a training text holds and the source does not"
        return within(self.name, value, what=what, maximum=min(self.maximum, FATAL - 1))
