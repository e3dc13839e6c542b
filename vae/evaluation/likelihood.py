"""Estimates bounds on the likelihood of texts and the information in their latents, in nats per text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from vae.latent.gaussian import Latents
    from vae.models.vae import VAE

ACTIVE_VARIANCE = 0.01
"""The least variance over texts of the posterior mean of an active unit (Burda et al. 2016, section 5.2)."""

_ROWS = 128
"""The largest number of samples, over all texts, that are scored together."""


@dataclass(frozen=True)
class Bounds:
    """Means over texts in nats, where elbo = -(reconstruction + kl).

    `active_units` of `units` latent dimensions are active. `pieces` counts end markers, too.
    """

    elbo: float
    reconstruction: float
    kl: float
    active_units: int
    units: int
    texts: int
    pieces: int


@torch.inference_mode()
def bounds(model: VAE[Any], batches: Iterable[Any], *, seed: int) -> Bounds:
    """Estimates the evidence lower bound with one sample of z for each text.

    Raises:
        ValueError: there is no text.
    """
    generator = torch.Generator().manual_seed(seed)
    nats: list[Tensor] = []
    kls: list[Tensor] = []
    means: list[Tensor] = []
    pieces = 0
    for batch in batches:
        latents = model.posterior(batch)
        z = latents.sample(torch.randn(latents.mean.shape, generator=generator).to(latents.mean.device))
        nats.append(model.nats(z, batch))
        kls.append(model.prior.kl(latents).sum((-2, -1)))
        means.append(latents.mean.flatten(1))
        pieces += batch.units
    if not nats:
        raise ValueError("no text to evaluate")
    reconstruction, kl = torch.cat(nats).mean().item(), torch.cat(kls).mean().item()
    all_means = torch.cat(means)
    active = int((all_means.var(0, unbiased=False) >= ACTIVE_VARIANCE).sum())
    return Bounds(
        elbo=-(reconstruction + kl),
        reconstruction=reconstruction,
        kl=kl,
        active_units=active,
        units=all_means.shape[1],
        texts=len(all_means),
        pieces=pieces,
    )


@torch.inference_mode()
def importance_weighted_nll(model: VAE[Any], batch: Any, *, samples: int, seed: int) -> Tensor:
    """Estimates -log p(x) of each text, (n,), by importance sampling (Burda et al. 2016, equation 8).

    The estimate is too high on average, and less so with more samples.
    """
    generator = torch.Generator().manual_seed(seed)
    latents = model.posterior(batch)
    # One matrix product for several samples costs less than one for each.
    together = max(1, min(samples, _ROWS // len(batch)))
    weights: list[Tensor] = []
    for start in range(0, samples, together):
        count = min(together, samples - start)
        noise = torch.randn((count, *latents.mean.shape), generator=generator).to(latents.mean.device)
        z = latents.mean + noise * torch.exp(0.5 * latents.log_var)
        repeated = batch.repeat(count)
        nats = model.nats(z.flatten(0, 1), repeated).reshape(count, -1)
        weights.append(model.prior.log_density(z) - nats - latents.log_density(z))
    return math.log(samples) - torch.logsumexp(torch.cat(weights), 0)


@torch.inference_mode()
def mutual_information(latents: Latents, *, seed: int) -> float:
    """Estimates the mutual information I(x; z) of n texts and their latents, in nats, at most ln n.

    It is the mean of log q(z|x) - log 1/n sum_j q(z|x_j) with one sample of z for each text (Hoffman & Johnson 2016).
    """
    n = len(latents.mean)
    generator = torch.Generator().manual_seed(seed)
    z = latents.sample(torch.randn(latents.mean.shape, generator=generator).to(latents.mean.device))
    own = latents.log_density(z)
    aggregate = torch.stack([torch.logsumexp(latents.log_density(z[row]), 0) for row in range(n)]) - math.log(n)
    return (own - aggregate).mean().item()
