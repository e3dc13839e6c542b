"""The public face of a trained model: it encodes texts to latents, decodes latents to texts, and varies texts."""

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
    """A trained model that varies texts and interpolates between them; `load` reads it from its folder."""

    def interpolate(self, first: str, second: str, *, steps: int = 7) -> list[str]:
        """Decodes `steps` latents on the great circle between the means of two texts, both ends included.

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
        """Makes `n` variations of each text, which are the same for the same seed.

        Args:
            texts: texts of one paragraph; white space is folded.
            n: variations of each text.
            change: the largest share of the words that a variation changes.
            at_least: the smallest probability that people accept an edit.
            seed: of the noise.
            strategy: how new latents are made, one of `vae.latent.strategies.STRATEGIES`.

        Raises:
            UserError: there is no such strategy.
        """
        paragraphs = [" ".join(text.split()) for text in texts]
        segments = cut(paragraphs, tokenizer=self.tokenizer, max_len=self.max_len)
        make_variations = VariationMaker(self, Sampling(strategy=strategy, change=change, at_least=at_least, seed=seed))
        rounds = [make_variations(segments, keys=[(text, number) for text in paragraphs]) for number in range(n)]
        return [list(row) for row in zip(*rounds, strict=True)]
