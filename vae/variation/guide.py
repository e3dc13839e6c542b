"""Guides new latents: which strategy makes them, where they go, and which region holds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

import torch

from vae.errors import UserError
from vae.latent.region import Balls, Region
from vae.latent.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.latent.gaussian import Latents
    from vae.loaded_model import LoadedModel
    from vae.variation.partners import Partners
    from vae.variation.sampling import Sampling
    from vae.variation.task import Task


@dataclass(frozen=True, kw_only=True, eq=False)
class Guide:
    """How new latents of one model are made: the strategy of a sampling and its constraints, loaded for that model.

    Attributes:
        strategy: the name of the strategy.
        partners: the latents of other posts, for strategies that go to them; None for others.
        partner: the post to go to; None for the nearest segment of the same category.
        direction: the direction of an attribute times its strength, (slots, dim).
        region: the region that every latent is projected into.
        labels: the labels that every text is decoded with, by table.
    """

    strategy: str
    partners: Partners | None = None
    partner: str | None = None
    direction: Tensor | None = None
    region: Region | None = None
    labels: dict[str, str] | None = None

    @classmethod
    def of(cls, model: LoadedModel, sampling: Sampling) -> Guide:
        """Makes the guide that a sampling describes, and reads the latents that it names.

        Raises:
            UserError: the sampling lacks something that its strategy needs, or names something that does not exist.
        """
        if sampling.strategy not in STRATEGIES:
            near = get_close_matches(sampling.strategy, STRATEGIES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(STRATEGIES)}"
            raise UserError(f"no strategy {sampling.strategy!r}{hint}")
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
        """Returns a guide whose latents stay around the text itself, with the same region and labels."""
        return replace(self, strategy="neighbour", partners=None, partner=None, direction=None)

    def step(
        self, latents: Latents, noise: Tensor, radius: Tensor, *, model: LoadedModel, tasks: Sequence[Task]
    ) -> Tensor:
        """Returns new latents (n, slots, dim).

        Args:
            latents: posteriors of n texts; each task has the same number of them, in a row.
            noise: standard normal, (n, slots, dim).
            radius: of each latent, (n,).
            model: that encoded the posteriors.
            tasks: the segments that are varied.
        """
        strategy = STRATEGIES[self.strategy]
        toward = noise
        if strategy.toward == "prior":
            toward = model.module.prior.sample(noise)
        elif strategy.toward == "direction" and self.direction is not None:
            toward = self.direction.to(noise).expand_as(noise)
        elif strategy.toward == "partner" and self.partners:
            toward = self._targets(self.partners, latents, tasks).to(noise)
        z = strategy.step(latents, noise, radius, toward)
        return self.region.project(z) if self.region else z

    def _targets(self, partners: Partners, latents: Latents, tasks: Sequence[Task]) -> Tensor:
        """Returns the means to go to, (n, slots, dim).

        Segments go to those of the named post, place by place, or to the nearest one; a segment for which there is none
        goes to itself.
        """
        copies = len(latents.mean) // len(tasks)
        targets = latents.mean[::copies].cpu().float().numpy().copy()
        if self.partner is not None:
            places = [task.place for task in tasks]
            targets = partners.of_post(self.partner, max(places) + 1)[places]
        else:
            posts, categories = [task.post for task in tasks], [task.category for task in tasks]
            nearest = partners.nearest(targets, exclude_posts=posts, categories=categories)
            exists = nearest < len(partners.means)
            targets[exists] = partners.means[nearest[exists]]
        return torch.from_numpy(targets).repeat_interleave(copies, 0)


@lru_cache(maxsize=1)
def _partners(folder: str, model_sha256: str) -> Partners:
    from vae.variation.partners import Partners  # noqa: PLC0415  (imports pyarrow, which few strategies need)

    return Partners.read(folder, model_sha256=model_sha256)


def _region(model: LoadedModel, sampling: Sampling) -> Region | None:
    """Returns the region that the sampling's texts and bounds describe; None if it has neither."""
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
