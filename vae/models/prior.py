"""The prior over a segment's slots: standard normal, or one learned Gaussian for each slot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from vae.latent.gaussian import Latents

if TYPE_CHECKING:
    from typing import Any


class Prior(nn.Module):
    """p(z), diagonal, with `mean` and `log_var` of shape (slots, dim)."""

    mean: Tensor
    log_var: Tensor

    def __init__(self, slots: int, dim: int, *, learned: bool = False) -> None:
        super().__init__()
        for name in ("mean", "log_var"):
            start: Any = torch.zeros(slots, dim)
            if learned:
                self.register_parameter(name, nn.Parameter(start))
            else:
                self.register_buffer(name, start, persistent=False)

    def kl(self, latents: Latents) -> Tensor:
        """KL(q(z|x) || p(z)) in nats, (n, slots, dim); Kingma & Welling 2014, appendix B, for any diagonal prior."""
        # Of the difference, so that rounding leaves exactly 0 where the posterior is the prior.
        wider = latents.log_var - self.log_var
        return 0.5 * (wider.exp() + (latents.mean - self.mean).square() * torch.exp(-self.log_var) - wider - 1.0)

    def log_density(self, z: Tensor) -> Tensor:
        """log p(z) in nats, (n,) for z of shape (n, slots, dim)."""
        squared = (z - self.mean).square() * torch.exp(-self.log_var)
        return -0.5 * (squared + self.log_var + math.log(2 * math.pi)).sum((-2, -1))

    def sample(self, noise: Tensor) -> Tensor:
        """z of the prior from standard normal noise (n, slots, dim)."""
        return self.mean + noise * torch.exp(0.5 * self.log_var)

    def where_inactive(self, latents: Latents, active: Tensor) -> Latents:
        """The posteriors, with the prior in each slot that is not active (n, slots): such a slot has no KL."""
        keep = active[..., None]
        return Latents(torch.where(keep, latents.mean, self.mean), torch.where(keep, latents.log_var, self.log_var))
