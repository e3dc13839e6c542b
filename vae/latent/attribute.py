"""Steps along a direction learned from labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

    from vae.latent.gaussian import Latents


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
