"""The public face of a trained model: it encodes texts to latents, decodes latents to texts, and varies texts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from tokenizer.segments import cut
from vae.language.identify import sure_language
from vae.latent.strategies import slerp
from vae.loaded_model import LoadedModel
from vae.variation.sampling import Sampling
from vae.variation.variation_maker import VariationMaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.segments import Segment
    from vae.variation.variation import Variation

_BETWEEN_PARAGRAPHS = re.compile(r"(\n\s*\n\s*)")


class TextVAE(LoadedModel):
    """A trained model that varies texts and interpolates between them; `load` reads it from its folder.

    Threads may share one model: no method changes what another one reads. A pickle of it holds the weights, and the
    model that is read from it makes the same variations.

    >>> model = TextVAE.load("base-en")
    >>> model.vary(["The train was completely full, so we did not sit together."], n=1)
    [[<Variation, 24% changed: The train was [completely → entirely] full, so we [did not → didn't] sit together.>]]
    """

    def interpolate(self, first: str, second: str, *, steps: int = 7) -> list[str]:
        """Decodes `steps` latents on the great circle between the means of two texts, both ends included.

        >>> model = TextVAE.load("base-en")
        >>> path = model.interpolate("The train was late again.", "We planted beans in May.", steps=5)
        >>> path[0], path[-1]
        ('The train was late again.', 'We planted beans in May.')

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
        r"""Makes `n` variations of each text, which are the same for the same seed.

        Those of a text do not depend on the other texts. A text that has no good variation, or fewer than `n`, is
        among its variations unchanged, and `why_short` says why.

        >>> model = TextVAE.load("base-en")
        >>> [[first, second]] = model.vary(["The train was completely full.\n\nWe did not sit together."], n=2)
        >>> first.text
        "The train was entirely full.\n\nWe didn't sit together."
        >>> first.edits[0].old, first.edits[0].new
        ('completely', 'entirely')

        Args:
            texts: the texts to vary. Paragraphs, between which a line is empty, stay paragraphs; other white space is
                folded.
            n: variations of each text.
            change: the largest share of the words that a variation changes.
            at_least: the smallest probability that people accept an edit.
            seed: of the noise.
            strategy: how new latents are made, one of `vae.latent.strategies.STRATEGIES`.

        Raises:
            UserError: there is no such strategy.
        """
        segmented = [self._segments(text) for text in texts]
        keys = [" ".join(text.split()) for text in texts]
        languages = [sure_language(key) if self.languages else "" for key in keys]
        make_variations = VariationMaker(self, Sampling(strategy=strategy, change=change, at_least=at_least, seed=seed))
        segments = [segments for segments, _ in segmented]
        rounds = [
            make_variations(segments, keys=[(key, number) for key in keys], languages=languages) for number in range(n)
        ]
        return [
            [replace(variations[place], gaps=gaps) for variations in rounds]
            for place, (_, gaps) in enumerate(segmented)
        ]

    def _segments(self, text: str) -> tuple[list[Segment], tuple[str, ...]]:
        """Cuts each paragraph of a text into segments; the second list is the white space between the segments."""
        parts = _BETWEEN_PARAGRAPHS.split(text.strip())
        paragraphs = cut(parts[::2], tokenizer=self.tokenizer, max_len=self.max_len)
        gaps = [
            gap
            for segments, after in zip(paragraphs, [*parts[1::2], ""], strict=True)
            for gap in [*[" "] * (len(segments) - 1), after]
        ]
        return [segment for segments in paragraphs for segment in segments], tuple(gaps[:-1])
