"""Where new latents are to go and what they are held to, beside the posts themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

import torch

from vae.errors import UserError
from vae.latent.region import Balls, Region
from vae.latent.strategies import STRATEGIES
from vae.variation.partners import Partners

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.latent.gaussian import Latents
    from vae.loaded_model import LoadedModel
    from vae.variation.sampling import Sampling
    from vae.variation.task import Task


@dataclass(frozen=True, kw_only=True, eq=False)
class Guide:
    """What a sampling's strategy and constraints need of a model.

    Attributes:
        strategy: its name.
        partners: where interpolation finds texts to go to.
        partner: the post to go to; None for the nearest segment of the same category.
        direction: of an attribute, times its strength, (slots, dim).
        region: that every latent is projected into.
        labels: that every text is decoded with.
    """

    strategy: str
    partners: Partners | None = None
    partner: str | None = None
    direction: Tensor | None = None
    region: Region | None = None
    labels: dict[str, str] | None = None

    @classmethod
    def of(cls, model: LoadedModel, sampling: Sampling) -> Guide:
        """Reads what the sampling names.

        Raises:
            UserError: it names nothing where its strategy needs something, or what is not there.
        """
        if sampling.strategy not in STRATEGIES:
            near = get_close_matches(sampling.strategy, STRATEGIES, n=1)
            told = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(STRATEGIES)}"
            raise UserError(f"no strategy {sampling.strategy!r}{told}")
        toward = STRATEGIES[sampling.strategy].toward
        partners = None
        if toward in {"partner", "direction"}:
            if sampling.partners is None:
                raise UserError(
                    f"{sampling.strategy} needs latents of posts: give --partners, a folder of `blogvae encode`"
                )
            partners = _partners(sampling.partners, model.sha256)
            if sampling.partner is not None:
                partners.of_post(sampling.partner, 1)
        direction = None
        if toward == "direction" and partners:
            if sampling.attribute is None:
                raise UserError("attribute needs a category to go to: give --attribute NAME")
            direction = sampling.strength * partners.direction(sampling.attribute)
        model.label_ids(dict(sampling.labels), 1)
        return cls(
            strategy=sampling.strategy,
            partners=partners,
            partner=sampling.partner,
            direction=direction,
            region=_region(model, sampling),
            labels=dict(sampling.labels) or None,
        )

    def nearby(self) -> Guide:
        """The guide of steps around a text itself, with the same region and labels."""
        return replace(self, strategy="neighbour", partners=None, partner=None, direction=None)

    def step(
        self, latents: Latents, noise: Tensor, radius: Tensor, *, model: LoadedModel, tasks: Sequence[Task]
    ) -> Tensor:
        """New latents (n, slots, dim) from posteriors, noise and radius (n,); of each task as many in a row."""
        strategy = STRATEGIES[self.strategy]
        toward = noise
        if strategy.toward == "prior":
            toward = model.module.prior.sample(noise)
        elif strategy.toward == "direction" and self.direction is not None:
            toward = self.direction.to(noise).expand_as(noise)
        elif strategy.toward == "partner" and self.partners:
            toward = self._met(self.partners, latents, tasks).to(noise)
        z = strategy.step(latents, noise, radius, toward)
        return self.region.project(z) if self.region else z

    def _met(self, partners: Partners, latents: Latents, tasks: Sequence[Task]) -> Tensor:
        """The means to go to: of the named post, place by place, or of the nearest; without one, a segment stays."""
        copies = len(latents.mean) // len(tasks)
        met = latents.mean[::copies].cpu().float().numpy().copy()
        if self.partner is not None:
            places = [task.place for task in tasks]
            met = partners.of_post(self.partner, max(places) + 1)[places]
        else:
            posts, categories = [task.post for task in tasks], [task.category for task in tasks]
            found = partners.nearest(met, exclude_posts=posts, categories=categories)
            there = found < len(partners.means)
            met[there] = partners.means[found[there]]
        return torch.from_numpy(met).repeat_interleave(copies, 0)


@lru_cache(maxsize=1)
def _partners(folder: str, model_sha256: str) -> Partners:
    return Partners.read(folder, model_sha256=model_sha256)


def _region(model: LoadedModel, sampling: Sampling) -> Region | None:
    balls = None
    if sampling.near_texts:
        if sampling.radius is None:
            raise UserError("texts to stay near to need a radius: give --radius, such as 0.8")
        texts = [" ".join(text.split()) for text in sampling.near_texts]
        try:
            centres = model.encode(texts).mean
        except ValueError as error:
            raise UserError(f"--near-text: {error}") from error
        pieces = model.tokenizer.encode([model.tokenizer.protect(text).masked for text in texts])
        used = model.module.active_slots(torch.tensor([len(row) + 1 for row in pieces], device=model.device))
        balls = Balls(centres=centres, used=used, radius=sampling.radius)
    if balls is None and sampling.bounds is None:
        return None
    return Region(balls=balls, bounds=sampling.bounds)
