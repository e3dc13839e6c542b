"""The diagonal Gaussian posterior over a segment's slots."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Latents:
    """q(z|x) for n segments: `mean` and `log_var` of shape (n, slots, dim)."""

    mean: Tensor
    log_var: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """z = mean + noise * standard deviation, the reparameterisation of Kingma & Welling 2014, section 2.4."""
        return self.mean + noise * torch.exp(0.5 * self.log_var)

    def log_density(self, z: Tensor) -> Tensor:
        """log q(z|x) in nats, (n,)."""
        squared = (z - self.mean).square() * torch.exp(-self.log_var)
        return -0.5 * (squared + self.log_var + math.log(2 * math.pi)).sum((-2, -1))

    def __getitem__(self, rows: slice | Tensor) -> Latents:
        return Latents(self.mean[rows], self.log_var[rows])
