"""The strategies: where new latents lie beside those of posts, and what each strategy asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from vae.latent.gaussian import Latents


def neighbour(latents: Latents, noise: Tensor, radius: Tensor, _toward: Tensor) -> Tensor:
    """mean + radius * noise: a step of the given radius, in prior standard deviations, around each mean."""
    return latents.mean + radius[:, None, None] * noise


def posterior(latents: Latents, noise: Tensor, radius: Tensor, _toward: Tensor) -> Tensor:
    """mean + radius * standard deviation * noise: q(z|x) itself at radius 1, flatter or sharper elsewhere."""
    return latents.mean + radius[:, None, None] * (latents.sample(noise) - latents.mean)


def interpolate(latents: Latents, _noise: Tensor, radius: Tensor, toward: Tensor) -> Tensor:
    """The point a share `radius` (0 to 1) along the arc from each mean to its partner's mean `toward`."""
    return slerp(latents.mean, toward, radius)


def slerp(first: Tensor, second: Tensor, share: Tensor | float) -> Tensor:
    """The point a share (0 to 1) along the arc between two latents; Shoemake 1985, section 3.3.

    Gaussian latents lie near a sphere; a straight line would leave it. Parallel vectors are interpolated straight.

    Args:
        first: (..., slots, dim); all its slots turn by one angle.
        second: of the same shape.
        share: (...), or one for all.
    """
    cosine = torch.nn.functional.cosine_similarity(first.flatten(-2), second.flatten(-2), dim=-1).clamp(-1.0, 1.0)
    angle = torch.arccos(cosine)
    sine = torch.sin(angle)
    share = torch.as_tensor(share, dtype=angle.dtype, device=angle.device)
    from_first, from_second = (
        torch.where(sine < 1e-4, part, torch.sin(part * angle) / sine)[..., None, None] for part in (1 - share, share)
    )
    return from_first * first + from_second * second


def resample_slots(latents: Latents, noise: Tensor, radius: Tensor, toward: Tensor) -> Tensor:
    """`toward`, a draw from the prior, in a share `radius` (0 to 1) of the slots; the mean in the others.

    Where radius * slots is no whole number, it is the one below or the one above, so that the share is right on
    average. A larger radius with the same noise takes the same slots and more.
    """
    slots = noise.shape[1]
    count = torch.floor(radius * slots + _uniform(noise[:, -1, -1]))
    shuffled = _uniform(noise[..., 0]).argsort(dim=1, stable=True)
    return torch.where((shuffled < count[:, None])[..., None], toward, latents.mean)


def _uniform(noise: Tensor) -> Tensor:
    """Numbers in [0, 1) from the fine digits of noise.

    Its coarse digits may be what `toward` was drawn by: chosen by these, the slots would not be draws from the prior.
    """
    return torch.frac(noise.abs() * 1024)


def attribute(latents: Latents, noise: Tensor, radius: Tensor, toward: Tensor) -> Tensor:
    """mean + radius * (sqrt(1 - strength²) * noise + toward), with `toward` strength * direction.

    So the expected length of a step is radius * sqrt(slots * dim) whatever the strength, from 0 (a neighbour) to 1
    (the direction alone); strength is the root mean square of `toward`.
    """
    undirected = (1.0 - toward.square().mean((-2, -1), keepdim=True)).clamp(min=0.0).sqrt()
    return latents.mean + radius[:, None, None] * (undirected * noise + toward)


def direction(means: Tensor, has_label: Tensor) -> Tensor:
    """From the mean of the latents without a label to that of those with it, at root mean square 1, (slots, dim).

    The attribute vector of Larsen et al. 2016, section 3.3.

    Args:
        means: (n, slots, dim).
        has_label: (n,), bool.

    Raises:
        UserError: all latents have the label, or none, or it makes no difference to them.
    """
    if has_label.all() or not has_label.any():
        raise UserError("a direction needs texts with the label and texts without it")
    apart = means[has_label].mean(0) - means[~has_label].mean(0)
    scale = apart.square().mean().sqrt()
    if not scale:
        raise UserError("no direction: the latents of texts with the label lie where those of the others lie")
    return apart / scale


def from_prior(_latents: Latents, _noise: Tensor, _radius: Tensor, toward: Tensor) -> Tensor:
    """`toward`, a draw from the prior."""
    return toward


Toward = Literal["prior", "partner", "direction"]


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """A pure function from posteriors to new latents z (n, slots, dim), and what it needs.

    Attributes:
        name: as users write it.
        step: gives z from posteriors of n segments, standard normal noise (n, slots, dim), radius (n,) and `toward`
            (n, slots, dim).
        largest_radius: beyond which a radius means nothing; None where the radius is not read.
        toward: what `toward` is: a draw from the prior, made of the same noise; the partners' means; or strength times
            the direction of a label. None where it is not read.
    """

    name: str
    step: Callable[[Latents, Tensor, Tensor, Tensor], Tensor]
    largest_radius: float | None
    toward: Toward | None

    @property
    def has_radius(self) -> bool:
        """Whether the radius steers the amount of change."""
        return self.largest_radius is not None


STRATEGIES = {
    strategy.name: strategy
    for strategy in (
        Strategy(name="neighbour", step=neighbour, largest_radius=math.inf, toward=None),
        Strategy(name="posterior", step=posterior, largest_radius=math.inf, toward=None),
        Strategy(name="interpolate", step=interpolate, largest_radius=1.0, toward="partner"),
        Strategy(name="resample-slots", step=resample_slots, largest_radius=1.0, toward="prior"),
        Strategy(name="attribute", step=attribute, largest_radius=math.inf, toward="direction"),
        Strategy(name="prior", step=from_prior, largest_radius=None, toward="prior"),
    )
}
