"""Training in several processes, started by torchrun, that share the texts of each batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from lightning.pytorch.strategies import DDPStrategy
from torch import distributed

from vae.training.ranks import world_size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor


def sum_ranks(values: Tensor) -> Tensor:
    """Returns the sum of a tensor over all processes."""
    if world_size() > 1:
        values = values.contiguous().clone()
        distributed.all_reduce(values)
    return values


def sum_gradients(weights: Iterable[Tensor]) -> None:
    """Replaces each gradient by its sum over all processes, in one message."""
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    if world_size() == 1 or not gradients:
        return
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    sizes = [gradient.numel() for gradient in gradients]
    for gradient, summed in zip(gradients, torch.split(flat, sizes), strict=True):
        gradient.copy_(summed.view_as(gradient))


class SharedBatches(DDPStrategy):
    """Lightning's strategy for several processes, without its wrapper around the model.

    The training module sums gradients itself, once a step. So each process may take its share of a batch in as many
    parts as its memory needs.
    """

    def configure_ddp(self) -> None:
        """Leaves the model without a wrapper."""
