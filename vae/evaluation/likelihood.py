"""Bounds on the likelihood, and what the latent carries, in nats per text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from vae.latent.gaussian import Latents, log_prior
from vae.objective import decoder_inputs, reconstruction
from vae.training.module import ACTIVE_VARIANCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from vae.models.recurrent import RecurrentVAE
    from vae.training.batches import Batch


@dataclass(frozen=True)
class Bounds:
    """Means over texts in nats: elbo = -(reconstruction + kl); `active_units` of `units` latent dimensions."""

    elbo: float
    reconstruction: float
    kl: float
    active_units: int
    units: int
    texts: int
    pieces: int


@torch.inference_mode()
def bounds(model: RecurrentVAE, batches: Iterable[Batch], *, seed: int) -> Bounds:
    """The evidence lower bound with one sample of z each.

    Raises:
        ValueError: no text.
    """
    generator = torch.Generator().manual_seed(seed)
    nats: list[Tensor] = []
    kls: list[Tensor] = []
    means: list[Tensor] = []
    pieces = 0
    for batch in batches:
        latents = model.encode(batch.ids, batch.lengths)
        z = latents.sample(torch.randn(latents.mean.shape, generator=generator).to(latents.mean.device))
        nats.append(reconstruction(model, z, decoder_inputs(batch.ids), batch.ids))
        kls.append(latents.kl().sum((-2, -1)))
        means.append(latents.mean.flatten(1))
        pieces += int(batch.lengths.sum())
    if not nats:
        raise ValueError("no text to evaluate")
    lost, kl = torch.cat(nats).mean().item(), torch.cat(kls).mean().item()
    all_means = torch.cat(means)
    active = int((all_means.var(0, unbiased=False) >= ACTIVE_VARIANCE).sum())
    return Bounds(-(lost + kl), lost, kl, active, all_means.shape[1], len(all_means), pieces)


@torch.inference_mode()
def importance_weighted_nll(model: RecurrentVAE, batch: Batch, *, samples: int, seed: int) -> Tensor:
    """-log p(x) of each text, (n,): log-mean-exp over samples from q (Burda et al. 2016, equation 8)."""
    generator = torch.Generator().manual_seed(seed)
    latents = model.encode(batch.ids, batch.lengths)
    inputs = decoder_inputs(batch.ids)
    weights: list[Tensor] = []
    for _ in range(samples):
        z = latents.sample(torch.randn(latents.mean.shape, generator=generator).to(latents.mean.device))
        joint = log_prior(z) - reconstruction(model, z, inputs, batch.ids)
        weights.append(joint - latents.log_density(z))
    return math.log(samples) - torch.logsumexp(torch.stack(weights), 0)


@torch.inference_mode()
def mutual_information(latents: Latents, *, seed: int) -> float:
    """I(x; z) in nats under the aggregate posterior of these n texts, at most ln n (Hoffman & Johnson 2016).

    The mean of log q(z|x) - log 1/n sum_j q(z|x_j), one z a text.
    """
    n = len(latents.mean)
    generator = torch.Generator().manual_seed(seed)
    z = latents.sample(torch.randn(latents.mean.shape, generator=generator).to(latents.mean.device))
    own = latents.log_density(z)
    aggregate = torch.stack([torch.logsumexp(latents.log_density(z[row]), 0) for row in range(n)]) - math.log(n)
    return (own - aggregate).mean().item()
