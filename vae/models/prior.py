"""The prior of the slots: the standard normal distribution, or a learned Gaussian for each slot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from vae.latent.gaussian import Latents

if TYPE_CHECKING:
    from typing import Any


class Prior(nn.Module):
    """A diagonal Gaussian p(z) whose `mean` and `log_var` have the shape (slots, dim)."""

    mean: Tensor
    log_var: Tensor

    def __init__(self, slots: int, dim: int, *, learned: bool = False) -> None:
        super().__init__()
        for name in ("mean", "log_var"):
            zeros: Any = torch.zeros(slots, dim)
            if learned:
                self.register_parameter(name, nn.Parameter(zeros))
            else:
                self.register_buffer(name, zeros, persistent=False)

    def kl(self, latents: Latents) -> Tensor:
        """Returns KL(q(z|x) || p(z)) in nats, (n, slots, dim).

        Kingma & Welling 2014, appendix B, generalised to any diagonal Gaussian prior.
        """
        # The difference is taken first, so that the KL is exactly 0 where the posterior equals the prior.
        log_ratio = latents.log_var - self.log_var
        shift = (latents.mean - self.mean).square() * torch.exp(-self.log_var)
        return 0.5 * (log_ratio.exp() + shift - log_ratio - 1.0)

    def log_density(self, z: Tensor) -> Tensor:
        """Returns log p(z) in nats, (n,), for z of shape (n, slots, dim)."""
        squared = (z - self.mean).square() * torch.exp(-self.log_var)
        return -0.5 * (squared + self.log_var + math.log(2 * math.pi)).sum((-2, -1))

    def sample(self, noise: Tensor) -> Tensor:
        """Returns latents of the prior, (n, slots, dim), made from standard normal noise of the same shape."""
        return self.mean + noise * torch.exp(0.5 * self.log_var)

    def where_inactive(self, latents: Latents, active: Tensor) -> Latents:
        """Returns the posteriors, with the prior in each slot that is not `active` (n, slots), so that its KL is 0."""
        keep = active[..., None]
        return Latents(torch.where(keep, latents.mean, self.mean), torch.where(keep, latents.log_var, self.log_var))
