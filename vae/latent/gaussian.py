"""The posterior of a segment: a diagonal Gaussian over its slots."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Latents:
    """The posteriors q(z|x) of n segments: `mean` and `log_var` have shape (n, slots, dim)."""

    mean: Tensor
    log_var: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Returns z = mean + noise * standard deviation, (n, slots, dim).

        This is the reparameterisation of Kingma & Welling 2014, section 2.4.
        """
        return self.mean + noise * torch.exp(0.5 * self.log_var)

    def log_density(self, z: Tensor) -> Tensor:
        """Returns log q(z|x) of z (n, slots, dim) in nats, (n,)."""
        squared_distance = (z - self.mean).square() * torch.exp(-self.log_var)
        return -0.5 * (squared_distance + self.log_var + math.log(2 * math.pi)).sum((-2, -1))

    def __getitem__(self, rows: slice | Tensor) -> Latents:
        return Latents(self.mean[rows], self.log_var[rows])
