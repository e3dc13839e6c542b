"""The strategies, which make new latents from those of posts, and what each strategy needs."""

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
    """Returns mean + radius * noise: a step around each mean, its radius in standard deviations of the prior."""
    return latents.mean + radius[:, None, None] * noise


def posterior(latents: Latents, noise: Tensor, radius: Tensor, _toward: Tensor) -> Tensor:
    """Returns mean + radius * standard deviation * noise.

    At radius 1 that is a draw from q(z|x) itself, at a smaller radius from a sharper distribution, at a larger one from
    a flatter one.
    """
    return latents.mean + radius[:, None, None] * (latents.sample(noise) - latents.mean)


def interpolate(latents: Latents, _noise: Tensor, radius: Tensor, toward: Tensor) -> Tensor:
    """Returns the point at the share `radius` (0 to 1) of the arc from each mean to its partner's mean `toward`."""
    return slerp(latents.mean, toward, radius)


def slerp(first: Tensor, second: Tensor, share: Tensor | float) -> Tensor:
    """Returns the point at a share (0 to 1) of the arc between two latents (Shoemake 1985, section 3.3).

    Gaussian latents lie near a sphere, and a straight line would leave it. Parallel latents are joined by a straight
    line.

    Args:
        first: the latent at share 0, (..., slots, dim); all its slots turn by one angle.
        second: the latent at share 1, of the same shape.
        share: of shape (...), or one number for all latents.
    """
    cosine = torch.nn.functional.cosine_similarity(first.flatten(-2), second.flatten(-2), dim=-1).clamp(-1.0, 1.0)
    angle = torch.arccos(cosine)
    sine = torch.sin(angle)
    share = torch.as_tensor(share, dtype=angle.dtype, device=angle.device)
    first_weight, second_weight = (
        torch.where(sine < 1e-4, part, torch.sin(part * angle) / sine)[..., None, None] for part in (1 - share, share)
    )
    return first_weight * first + second_weight * second


def resample_slots(latents: Latents, noise: Tensor, radius: Tensor, toward: Tensor) -> Tensor:
    """Returns the means with a share `radius` (0 to 1) of their slots replaced by those of `toward`.

    `toward` is a draw from the prior. Where radius * slots is not a whole number, it is rounded down or up at random,
    so that the share is right on average. A larger radius with the same noise replaces the same slots and more.
    """
    slots = noise.shape[1]
    count = torch.floor(radius * slots + _uniform(noise[:, -1, -1]))
    shuffled = _uniform(noise[..., 0]).argsort(dim=1, stable=True)
    return torch.where((shuffled < count[:, None])[..., None], toward, latents.mean)


def _uniform(noise: Tensor) -> Tensor:
    """Returns numbers in [0, 1), made of the fine digits of the noise.

    `toward` may have been drawn with the same noise. Slots that were chosen by its coarse digits would then no longer
    be draws from the prior.
    """
    return torch.frac(noise.abs() * 1024)


def attribute(latents: Latents, noise: Tensor, radius: Tensor, toward: Tensor) -> Tensor:
    """Returns mean + radius * (sqrt(1 - strength²) * noise + toward), where `toward` is strength * direction.

    The strength, 0 (a neighbour) to 1 (the direction alone), is the root mean square of `toward`. Whatever it is, the
    expected length of a step is radius * sqrt(slots * dim).
    """
    undirected = (1.0 - toward.square().mean((-2, -1), keepdim=True)).clamp(min=0.0).sqrt()
    return latents.mean + radius[:, None, None] * (undirected * noise + toward)


def direction(means: Tensor, has_label: Tensor) -> Tensor:
    """Returns the direction from the texts without a label to those with it, at root mean square 1, (slots, dim).

    It is the difference between the means of both groups: the attribute vector of Larsen et al. 2016, section 3.3.

    Args:
        means: posterior means of the texts, (n, slots, dim).
        has_label: which texts have the label, (n,), bool.

    Raises:
        UserError: all texts have the label, or none has it, or both groups have the same mean.
    """
    if has_label.all() or not has_label.any():
        raise UserError("a direction needs texts with the label and texts without it")
    difference = means[has_label].mean(0) - means[~has_label].mean(0)
    scale = difference.square().mean().sqrt()
    if not scale:
        raise UserError("no direction: the latents of texts with the label lie where those of the others lie")
    return difference / scale


def from_prior(_latents: Latents, _noise: Tensor, _radius: Tensor, toward: Tensor) -> Tensor:
    """Returns `toward`, which is a draw from the prior."""
    return toward


Toward = Literal["prior", "partner", "direction"]


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """A pure function that makes new latents from posteriors, and what it needs.

    Attributes:
        name: the name that users write.
        step: computes new latents z (n, slots, dim) from the posteriors of n segments, standard normal noise
            (n, slots, dim), a radius for each segment (n,) and `toward` (n, slots, dim).
        largest_radius: the largest radius that has a meaning; None where the step ignores the radius.
        toward: what the argument `toward` of the step must be: a draw from the prior that is made of the same noise,
            the means of the partners, or strength times the direction of a label. None where the step ignores it.
    """

    name: str
    step: Callable[[Latents, Tensor, Tensor, Tensor], Tensor]
    largest_radius: float | None
    toward: Toward | None

    @property
    def has_radius(self) -> bool:
        """Whether the radius controls how much changes."""
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
