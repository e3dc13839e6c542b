"""Computes the posterior of each slot from the encoder's state of that slot."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from vae.latent.gaussian import Latents

if TYPE_CHECKING:
    from vae.models.prior import Prior

LOG_VAR = (-12.0, 4.0)
"""The bounds of the log variance: they keep the variance and the KL from overflowing in a bad training step."""

_SHARP = -2.0
"""The bias of the log variance at the start of training.

A posterior with little noise shows the decoder sooner that z is worth reading.
"""


class PosteriorHead(nn.Module):
    """Maps the state of a slot linearly to a mean and a log variance.

    With `batch_norm` above 0 the means are batch-normalised to this fixed standard deviation, so that the expected KL
    cannot vanish (BN-VAE, Zhu et al. 2020, section 3.2). The statistics of a dimension are taken over all active slots.
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
        """Returns the posteriors of states (n, slots, width); a slot that is not `active` (n, slots) gets the prior."""
        mean, log_var = cast("Tensor", self.gaussian(states)).float().chunk(2, dim=-1)
        if self.normalise is not None:
            mean = mean.masked_scatter(active[..., None], normalised(self.normalise, mean[active]))
        return prior.where_inactive(Latents(mean, log_var.clamp(*LOG_VAR)), active)


def normalised(layer: nn.BatchNorm1d, rows: Tensor) -> Tensor:
    """Returns the rows (n, dim), batch-normalised by the layer.

    A single row has no standard deviation of its own, so the running statistics normalise it, in training too.
    """
    if len(rows) > 1:
        return cast("Tensor", layer(rows))
    return functional.batch_norm(rows, layer.running_mean, layer.running_var, layer.weight, layer.bias, eps=layer.eps)


def all_active(rows: Tensor, slots: int) -> Tensor:
    """Returns a mask (n, slots) that is true everywhere, for models of which every text uses all slots."""
    return torch.ones(len(rows), slots, dtype=torch.bool, device=rows.device)
