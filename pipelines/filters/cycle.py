from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import encodable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

_LEAST_NORM = 1e-6


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """Kept if the latents of changed segments moved by at most maximum times their source's distance from the origin.

    The value is the mean over changed segments of |mean of q(z|varied) - mean of q(z|source)| / |mean of q(z|source)|:
    latent cycle consistency (Jha et al. 2018). The default is this project's own: texts with nothing in common are 1.2
    to 1.5 apart.
    """

    name: ClassVar[str] = "cycle"
    maximum: float = default_threshold("cycle", "maximum")

    def measure(self, candidates: Sequence[Candidate], model: TextVAE) -> list[float | None]:
        """The mean relative distance; None where no changed segment is short enough to be encoded."""
        changed = [[pair for pair in candidate.segments if pair[0] != pair[1]] for candidate in candidates]
        means = _means({text for pairs in changed for pair in pairs for text in pair}, model)
        return [_distance([pair for pair in pairs if {*pair} <= means.keys()], means) for pairs in changed]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text whose latents are still near those of its source."""
        what = "latent distance from the source, relative to its distance from the origin"
        return within(self.name, value, what=what, maximum=self.maximum)


def _means(texts: set[str], model: TextVAE) -> dict[str, Tensor]:
    """The flat posterior mean of each text; texts too long for a segment are left out."""
    ordered = sorted(texts)
    rows = model.tokenizer.encode([encodable(text) for text in ordered])
    fitting = [(text, row) for text, row in zip(ordered, rows, strict=True) if len(row) < model.max_len]
    means = model.read_ids([row for _, row in fitting]).mean.flatten(1).cpu()
    return {text: mean for (text, _), mean in zip(fitting, means, strict=True)}


def _distance(pairs: list[tuple[str, str]], means: dict[str, Tensor]) -> float | None:
    if not pairs:
        return None
    shares = [
        (means[varied] - means[source]).norm() / means[source].norm().clamp(min=_LEAST_NORM) for source, varied in pairs
    ]
    return float(sum(shares) / len(shares))
