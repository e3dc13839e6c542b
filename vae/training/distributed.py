"""Processes that share each batch: started by torchrun, one a GPU or one a CPU share."""

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
    """The sum over all processes."""
    if world_size() > 1:
        values = values.contiguous().clone()
        distributed.all_reduce(values)
    return values


def sum_gradients(weights: Iterable[Tensor]) -> None:
    """Adds each gradient over all processes, in one message."""
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    if world_size() == 1 or not gradients:
        return
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    for gradient, summed in zip(gradients, torch.split(flat, [each.numel() for each in gradients]), strict=True):
        gradient.copy_(summed.view_as(gradient))


class SharedBatches(DDPStrategy):
    """Lightning's processes without its wrapper around the model: gradients are summed once a step, by the module.

    So a step may take any number of parts on any process, which running out of memory needs.
    """

    def configure_ddp(self) -> None:
        """Leaves the model as it is."""
