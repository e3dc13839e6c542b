"""Makes new latents from those of segments, as a guide's strategy moves them."""

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
    """New latents `z`, (n, slots, dim), and the distance of each from its mean, `levels`, (n,).

    The distance is the root mean square over dimensions and slots in use.
    """

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
    latents: Latents | None = None,
) -> tuple[PerturbedLatents, list[Key]]:
    """Returns a latent for each task and radius, (tasks x radii, slots, dim), and the key of the noise of each.

    Args:
        model: of any family.
        tasks: the segments whose latents are moved.
        guide: how they are moved.
        radii: how far; each task has one latent for each radius.
        seed: that of the noise.
        rows: piece ids to encode for each task; None for those of its segment.
        latents: the posteriors of these rows, where they are known.
    """
    count = len(radii)
    rows = [task.segment.ids for task in tasks] if rows is None else rows
    latents = model.read_ids(rows) if latents is None else latents
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
