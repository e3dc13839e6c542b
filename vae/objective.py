"""Reconstruction + beta * KL in nats, with annealing, free bits and word dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from tokenizer.tokenizer import BOS, PAD, UNK

if TYPE_CHECKING:
    from torch import Tensor

    from vae.latent.gaussian import Latents
    from vae.models.recurrent import RecurrentVAE
    from vae.settings import ObjectiveSettings

CYCLES = 4
"""Cyclical annealing: four cycles, beta rising over the first half of each (Fu et al. 2019, section 3)."""


@dataclass(frozen=True)
class Terms:
    """Sums over a batch, in nats: `reconstruction` and `kl` make the ELBO; `pressed_kl` is what free bits leave."""

    reconstruction: Tensor
    kl: Tensor
    pressed_kl: Tensor
    texts: int
    pieces: Tensor

    def loss(self, beta: float) -> Tensor:
        """The objective in nats per piece."""
        return (self.reconstruction + beta * self.pressed_kl) / self.pieces


def beta_at(step: int, total_steps: int, settings: ObjectiveSettings) -> float:
    """The KL weight of a step."""
    rise = max(1.0, settings.anneal * total_steps)
    if settings.schedule == "cyclical":
        cycle = max(1.0, total_steps / CYCLES)
        return settings.beta * min(1.0, 2.0 * (step % cycle) / cycle)
    return settings.beta * min(1.0, step / rise)


def decoder_inputs(ids: Tensor) -> Tensor:
    """The texts shifted right behind bos, (n, width)."""
    return functional.pad(ids[:, :-1], (1, 0), value=BOS)


def drop_words(inputs: Tensor, share: float) -> Tensor:
    """Hides a share of the decoder's inputs behind unk (Bowman et al. 2016, section 3.1); bos stays."""
    hidden = (torch.rand(inputs.shape, device=inputs.device) < share) & (inputs != BOS)
    return torch.where(hidden, UNK, inputs)


def free_bits_kl(kl: Tensor, active: Tensor, free_bits: float) -> Tensor:
    """Batch sum of the KL, the mean of every slot and dimension clamped from below at `free_bits` nats.

    Clamping the batch mean, not each text's share, is the form of Li et al. 2019, section 3. `kl` is (n, slots,
    dim), `active` (n, slots): a slot behind the end of a text has no KL and no share in the mean.
    """
    texts = active.sum(0).clamp(min=1)[:, None]
    means = kl.sum(0) / texts
    return (means.clamp(min=free_bits) * active.sum(0)[:, None]).sum()


def objective(model: RecurrentVAE, ids: Tensor, lengths: Tensor, settings: ObjectiveSettings) -> Terms:
    """The terms of a batch of texts (n, width) with one sample of z each."""
    latents = model.encode(ids, lengths)
    z = latents.sample(torch.randn_like(latents.mean))
    inputs = decoder_inputs(ids)
    if model.training and settings.word_dropout:
        inputs = drop_words(inputs, settings.word_dropout)
    kl = latents.kl()
    active = active_slots(latents, lengths, model.run)
    return Terms(
        reconstruction=reconstruction(model, z, inputs, ids).sum(),
        kl=kl.sum(),
        pressed_kl=free_bits_kl(kl, active, settings.free_bits),
        texts=len(ids),
        pieces=lengths.sum(),
    )


def active_slots(latents: Latents, lengths: Tensor, run: int) -> Tensor:
    """Which slots a text of each length reaches, (n, slots)."""
    slots = latents.mean.shape[1]
    return torch.arange(slots, device=lengths.device) * run < lengths[:, None]


def reconstruction(model: RecurrentVAE, z: Tensor, inputs: Tensor, ids: Tensor) -> Tensor:
    """-log p(x|z) in nats of each text, (n,): the end marker is predicted, the padding is not."""
    features = model.features(z, inputs)
    real = ids != PAD
    nats = functional.cross_entropy(model.scores(features[real]).float(), ids[real], reduction="none")
    rows = real.nonzero()[:, 0]
    return torch.zeros(len(ids), device=ids.device, dtype=nats.dtype).index_add(0, rows, nats)
