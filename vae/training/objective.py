"""The training objective in nats: reconstruction + beta * KL, with annealing, free bits and constraint texts."""

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
"""Cycles of cyclical annealing; beta rises over the first half of each (Fu et al. 2019, section 3)."""


@dataclass(frozen=True)
class Terms:
    """The terms of the objective, summed over a batch, in nats; each is a scalar.

    The negative ELBO is `reconstruction` + `kl`. `pressed_kl` is the KL with free bits applied, which training
    minimises in its place. `hinge` is the penalty for means that lie far from the constraint texts.
    """

    reconstruction: Tensor
    kl: Tensor
    pressed_kl: Tensor
    hinge: Tensor

    def cost(self, beta: float) -> Tensor:
        """Returns the objective of the batch: reconstruction + beta * pressed_kl + hinge."""
        return self.reconstruction + beta * self.pressed_kl + self.hinge


def beta_at(step: int, total_steps: int, settings: ObjectiveSettings) -> float:
    """Returns the weight of the KL at a step: 0 during the warm-up as an autoencoder, then annealed."""
    warm = warm_steps(total_steps, settings)
    if step < warm:
        return 0.0
    step, total_steps = step - warm, total_steps - warm
    if settings.schedule == "cyclical":
        cycle = max(1.0, total_steps / CYCLES)
        return settings.beta * min(1.0, 2.0 * (step % cycle) / cycle)
    return settings.beta * min(1.0, step / max(1.0, settings.anneal * total_steps))


def warm_steps(total_steps: int, settings: ObjectiveSettings) -> int:
    """Returns how many steps the warm-up as an autoencoder takes."""
    return round(settings.autoencoder * total_steps)


def free_bits_kl(
    kl: Tensor, active: Tensor, settings: ObjectiveSettings, sum_ranks: Callable[[Tensor], Tensor] | None = None
) -> Tensor:
    """Returns the batch's sum of the KL, with each dimension's or slot's mean clamped from below at `free_bits` nats.

    It clamps the mean over the batch, not each text's own KL (Li et al. 2019, section 3).

    Args:
        kl: of each text, slot and dimension, (n, slots, dim).
        active: whether a text uses a slot, (n, slots). A slot behind the end of a text has no KL, and the text does
            not count in the slot's mean.
        settings: gives `free_bits`, and whether a dimension or a slot is clamped.
        sum_ranks: adds a tensor over the processes that share the batch, so that the mean is that of the whole batch.
    """
    if settings.free_bits_over == "slot":
        kl = kl.sum(-1, keepdim=True)
    sums, texts = kl.sum(0), active.sum(0)[:, None].to(kl.dtype)
    of_batch = torch.cat([sums.detach(), texts], -1)
    if sum_ranks:
        of_batch = sum_ranks(of_batch)
    pressed = of_batch[:, :-1] > settings.free_bits * of_batch[:, -1:]
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
    """Returns the terms of a batch, with one sample of z for each text.

    If the model is in training mode, its inputs and latents are disturbed (word dropout, slot dropout, noise).

    Args:
        model: a VAE of any family.
        batch: a batch of the model's own kind.
        settings: the weights of the terms, and how much is disturbed.
        noise: standard normal, (n, slots, dim).
        constraints: the latents of the constraint texts, (m, slots, dim).
        sum_ranks: adds a tensor over the processes that share the batch.
    """
    latents = model.posterior(batch)
    z = latents.sample(noise)
    if model.training:
        z, batch = model.disturb(z, batch, settings)
    kl = model.prior.kl(latents)
    hinge = (
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
        hinge=hinge,
    )


def constraint_hinge(mean: Tensor, targets: Tensor, *, weight: float, threshold: float) -> Tensor:
    """Returns weight * max(0, |mean - c|^2 - threshold) of each text, (n,), where c is the nearest target.

    Args:
        mean: posterior means, (n, slots, dim).
        targets: means of the constraint texts, (m, slots, dim).
        weight: the nats that each unit of squared distance beyond the threshold costs.
        threshold: the squared distance, over all slots and dimensions, that costs nothing.
    """
    distances = (mean.flatten(1)[:, None] - targets.flatten(1)).square().sum(-1)
    return weight * (distances.amin(1) - threshold).clamp(min=0.0)
