"""A hinge that holds posterior means near the latents of constraint texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def hinge(mean: Tensor, targets: Tensor, *, weight: float, threshold: float) -> Tensor:
    """weight * max(0, |mean - c|^2 - threshold) of each text, (n,), c the nearest of the targets.

    Args:
        mean: (n, slots, dim).
        targets: (m, slots, dim), means of the constraint texts.
        weight: nats for each unit of squared distance beyond the threshold.
        threshold: squared distance, over all slots and dimensions, that costs nothing.
    """
    distances = (mean.flatten(1)[:, None] - targets.flatten(1)).square().sum(-1)
    return weight * (distances.amin(1) - threshold).clamp(min=0.0)
