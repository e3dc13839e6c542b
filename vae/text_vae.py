"""What a trained model offers to programs: latents of texts, texts of latents, and variations of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.segments import cut
from vae.latent.strategies import slerp
from vae.loaded_model import LoadedModel
from vae.variation.sampling import Sampling
from vae.variation.variation_maker import VariationMaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.variation.variation import Variation


class TextVAE(LoadedModel):
    """A trained model that varies texts and goes from one to another; `load` reads it from its folder."""

    def interpolate(self, first: str, second: str, *, steps: int = 7) -> list[str]:
        """Texts along the great circle between two texts' means, both ends included.

        Raises:
            ValueError: a text is longer than a segment, or there are fewer than two steps.
        """
        if steps < 2:
            raise ValueError(f"a path of {steps} steps has no two ends")
        ends = self.encode([first, second]).mean
        return self.decode(torch.stack([slerp(ends[0], ends[1], step / (steps - 1)) for step in range(steps)]))

    def vary(
        self,
        texts: Sequence[str],
        *,
        n: int = 5,
        change: float = 0.25,
        at_least: float = 0.4,
        seed: int = 0,
        strategy: str = "neighbour",
    ) -> list[list[Variation]]:
        """`n` variations of each one-paragraph text; the same for the same seed.

        Each changes at most the share `change` of the words, by exchanges that people accept with a probability of
        `at_least`.
        """
        paragraphs = [" ".join(text.split()) for text in texts]
        segments = cut(paragraphs, tokenizer=self.tokenizer, max_len=self.max_len)
        varier = VariationMaker(self, Sampling(strategy=strategy, change=change, at_least=at_least, seed=seed))
        rounds = [varier(segments, keys=[(text, variant) for text in paragraphs]) for variant in range(n)]
        return [list(row) for row in zip(*rounds, strict=True)]
