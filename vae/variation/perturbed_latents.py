"""Latents around those of segments, as a strategy moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from vae.latent.gaussian import Latents
from vae.latent.noise import Key, normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.loaded_model import LoadedModel
    from vae.variation.guide import Guide
    from vae.variation.task import Task


class PerturbedLatents(NamedTuple):
    """Latents (n, slots, dim) that were moved, and how far each was, (n,): root mean square, over the slots in use."""

    z: Tensor
    levels: Tensor


def perturbed_latents(
    model: LoadedModel,
    tasks: Sequence[Task],
    guide: Guide,
    *,
    radii: Sequence[float],
    seed: int,
    rows: Sequence[Sequence[int]] | None = None,
) -> tuple[PerturbedLatents, list[Key]]:
    """For each task one latent a radius, (tasks x radii, slots, dim), and what the noise of each follows from.

    Args:
        model: of any family.
        tasks: whose latents are moved.
        guide: where to.
        radii: one latent for each.
        seed: of the noise.
        rows: the piece ids that stand for each task; None for its segment's.
    """
    count = len(radii)
    rows = [task.segment.ids for task in tasks] if rows is None else rows
    latents = model.encode_ids(rows)
    repeated = Latents(latents.mean.repeat_interleave(count, 0), latents.log_var.repeat_interleave(count, 0))
    keys: list[Key] = [(seed, task.post, task.place, task.number, number) for task in tasks for number in range(count)]
    noise = torch.from_numpy(np.stack([normal(tuple(latents.mean.shape[1:]), key=key) for key in keys]))
    z = guide.step(
        repeated,
        noise.to(model.device),
        torch.tensor(radii, dtype=torch.float32).repeat(len(tasks)).to(model.device),
        model=model,
        tasks=tasks,
    )
    used = model.module.active_slots(torch.tensor([len(row) + 1 for row in rows], device=model.device))
    used = used.repeat_interleave(count, 0).to(z.dtype)
    squared = ((z - repeated.mean).square().mean(-1) * used).sum(1) / used.sum(1)
    return PerturbedLatents(z, squared.sqrt()), keys
