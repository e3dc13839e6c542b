"""From what an encoder read of each slot to the slot's Gaussian."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from vae.latent.gaussian import Latents

if TYPE_CHECKING:
    from vae.models.prior import Prior

LOG_VAR = (-12.0, 4.0)
"""Bounds of the log variance, so that neither it nor the KL overflows in a bad step."""

_SHARP = -2.0
"""Log variance at the start: a decoder that meets less noise learns sooner that z is worth reading."""


class PosteriorHead(nn.Module):
    """Two linear maps, mean and log variance; the means batch-normalised where `batch_norm` is above 0.

    BN-VAE (Zhu et al. 2020, section 3.2): with the scale of the normalisation fixed at `batch_norm`, the expected KL
    cannot vanish. Slots share the statistics of each dimension; slots that are not active have no part in them.
    """

    def __init__(self, width: int, dim: int, *, batch_norm: float = 0.0) -> None:
        super().__init__()
        self.gaussian = nn.Linear(width, 2 * dim)
        nn.init.constant_(self.gaussian.bias[dim:], _SHARP)
        self.normalise = nn.BatchNorm1d(dim) if batch_norm else None
        if self.normalise is not None:
            nn.init.constant_(self.normalise.weight, batch_norm)
            self.normalise.weight.requires_grad = False

    def forward(self, states: Tensor, active: Tensor, prior: Prior) -> Latents:
        """Posteriors of states (n, slots, width); where a slot is not active (n, slots) it equals the prior."""
        mean, log_var = cast("Tensor", self.gaussian(states)).float().chunk(2, dim=-1)
        if self.normalise is not None:
            mean = mean.masked_scatter(active[..., None], normalised(self.normalise, mean[active]))
        return prior.where_inactive(Latents(mean, log_var.clamp(*LOG_VAR)), active)


def normalised(layer: nn.BatchNorm1d, rows: Tensor) -> Tensor:
    """Rows (n, dim) by the layer; a single row, which has no deviation of its own, like a new text."""
    if len(rows) > 1:
        return cast("Tensor", layer(rows))
    return functional.batch_norm(rows, layer.running_mean, layer.running_var, layer.weight, layer.bias, eps=layer.eps)


def all_active(rows: Tensor, slots: int) -> Tensor:
    """For models whose slots are all used by every text, (n, slots)."""
    return torch.ones(len(rows), slots, dtype=torch.bool, device=rows.device)
