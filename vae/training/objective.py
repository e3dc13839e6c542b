"""Reconstruction + beta * KL in nats, with annealing, free bits, and disturbed inputs and latents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from vae.models.vae import VAE
    from vae.settings import ObjectiveSettings

CYCLES = 4
"""Cyclical annealing: four cycles, beta rising over the first half of each (Fu et al. 2019, section 3)."""


@dataclass(frozen=True)
class Terms:
    """Sums over a batch, in nats: `reconstruction` and `kl` make the ELBO.

    `pressed_kl` is what free bits leave of the KL; `hinge` what constraint texts cost.
    """

    reconstruction: Tensor
    kl: Tensor
    pressed_kl: Tensor
    hinge: Tensor
    examples: int
    units: int

    def cost(self, beta: float) -> Tensor:
        """The objective, summed."""
        return self.reconstruction + beta * self.pressed_kl + self.hinge


def beta_at(step: int, total_steps: int, settings: ObjectiveSettings) -> float:
    """The KL weight of a step: none while an autoencoder, then annealed."""
    warm = warm_steps(total_steps, settings)
    if step < warm:
        return 0.0
    step, total_steps = step - warm, total_steps - warm
    if settings.schedule == "cyclical":
        cycle = max(1.0, total_steps / CYCLES)
        return settings.beta * min(1.0, 2.0 * (step % cycle) / cycle)
    return settings.beta * min(1.0, step / max(1.0, settings.anneal * total_steps))


def warm_steps(total_steps: int, settings: ObjectiveSettings) -> int:
    """Steps of the warm-up as an autoencoder."""
    return round(settings.autoencoder * total_steps)


def free_bits_kl(
    kl: Tensor, active: Tensor, settings: ObjectiveSettings, sum_ranks: Callable[[Tensor], Tensor] | None = None
) -> Tensor:
    """Batch sum of the KL, each dimension's (or slot's) batch mean clamped from below at `free_bits` nats.

    Clamping the batch mean, not each text's share, is the form of Li et al. 2019, section 3. `kl` is (n, slots,
    dim), `active` (n, slots): a slot behind the end of a text has no KL and no share in the mean. `sum_ranks` adds
    over processes, so that many of them clamp the mean of the whole batch.
    """
    if settings.free_bits_over == "slot":
        kl = kl.sum(-1, keepdim=True)
    sums, texts = kl.sum(0), active.sum(0)[:, None].to(kl.dtype)
    both = torch.cat([sums.detach(), texts], -1)
    if sum_ranks:
        both = sum_ranks(both)
    pressed = both[:, :-1] > settings.free_bits * both[:, -1:]
    return torch.where(pressed, sums, settings.free_bits * texts).sum()


def objective(
    model: VAE[Any],
    batch: Any,
    settings: ObjectiveSettings,
    *,
    noise: Tensor,
    constraints: Tensor | None = None,
    sum_ranks: Callable[[Tensor], Tensor] | None = None,
) -> Terms:
    """The terms of a batch with one sample of z each; disturbed in training alone.

    Args:
        model: any VAE.
        batch: of its data.
        settings: weights and shares.
        noise: standard normal, (n, slots, dim).
        constraints: (m, slots, dim), the latents of constraint texts.
        sum_ranks: adds a tensor over the processes that share the batch.
    """
    latents = model.posterior(batch)
    z = latents.sample(noise)
    if model.training:
        z, batch = model.disturb(z, batch, settings)
    kl = model.prior.kl(latents)
    held = (
        torch.zeros((), device=z.device)
        if constraints is None
        else constraint_hinge(
            latents.mean,
            constraints,
            weight=settings.constraint_weight,
            threshold=settings.constraint_threshold,
        ).sum()
    )
    return Terms(
        reconstruction=model.nats(z, batch).sum(),
        kl=kl.sum(),
        pressed_kl=free_bits_kl(kl, model.active(batch), settings, sum_ranks),
        hinge=held,
        examples=len(batch),
        units=batch.units,
    )


def constraint_hinge(mean: Tensor, targets: Tensor, *, weight: float, threshold: float) -> Tensor:
    """weight * max(0, |mean - c|^2 - threshold) of each text, (n,), c the nearest of the targets.

    Args:
        mean: (n, slots, dim).
        targets: (m, slots, dim), means of the constraint texts.
        weight: nats for each unit of squared distance beyond the threshold.
        threshold: squared distance, over all slots and dimensions, that costs nothing.
    """
    distances = (mean.flatten(1)[:, None] - targets.flatten(1)).square().sum(-1)
    return weight * (distances.amin(1) - threshold).clamp(min=0.0)
