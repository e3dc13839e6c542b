"""Measures how well a masked decoder fills in hidden pieces, by how far latents were moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from vae.hardware import fast_precision
from vae.models.hiding import hidden_words
from vae.models.masked import FARTHEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vae.data.text_batch import TextBatch
    from vae.models.masked import MaskedVAE

SETTINGS = ((0.15, 0.0), (0.15, 0.5), (0.15, 1.0), (0.15, FARTHEST), (1.0, 0.0))
"""The measurements: the share of the words that is hidden, and the level, which is how far latents are moved."""


@dataclass(frozen=True)
class HiddenNats:
    """The mean nats of a hidden piece when a share `hidden` of the words is hidden and latents are moved by `level`."""

    hidden: float
    level: float
    nats: float


@torch.inference_mode()
def hidden_nats(model: MaskedVAE, batches: Iterable[TextBatch], *, seed: int) -> list[HiddenNats]:
    """Returns a measurement for each of SETTINGS: means over all hidden pieces, with one sample of z for each text.

    A mean over no hidden piece is 0. The global random state is left unchanged.
    """
    device = model.bias.device
    sums = torch.zeros(len(SETTINGS), 2, dtype=torch.float64)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), fast_precision(device.type):
        torch.manual_seed(seed)
        for batch in batches:
            latents = model.posterior(batch)
            hidden = {share: hidden_words(batch.ids, model.begins, share) for share in dict(SETTINGS)}
            for place, (share, level) in enumerate(SETTINGS):
                spread = (latents.log_var.exp() + level**2).sqrt()
                z = latents.mean + spread * torch.randn_like(latents.mean)
                levels = torch.full((len(batch),), level, device=device)
                nats = model.nats(z, replace(batch, hidden=hidden[share], levels=levels))
                # The model scales the nats of hidden pieces up to all pieces; this scales them down again.
                count = int(hidden[share].sum())
                sums[place] += torch.tensor([float(nats.sum()) * count / batch.units, count], dtype=torch.float64)
    return [
        HiddenNats(share, level, float(nats / max(1.0, count)))
        for (share, level), (nats, count) in zip(SETTINGS, sums, strict=True)
    ]
