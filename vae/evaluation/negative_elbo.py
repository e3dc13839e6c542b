"""Computes the negative evidence lower bound of single texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from tokenizer.tokenizer import EOS
from vae.data.text_batch import TextBatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.latent.gaussian import Latents
    from vae.loaded_model import LoadedModel


@torch.inference_mode()
def negative_elbo(
    model: LoadedModel, rows: Sequence[Sequence[int]], *, noise: Tensor, conditions: Tensor | None = None
) -> tuple[Latents, Tensor]:
    """Returns the posteriors of rows of piece ids, and the negative evidence lower bound of each row in nats, (n,).

    It is estimated with one sample of z for each row, and exceeds -log p(x) on average. All batches have one shape, so
    that a row's figure does not depend on the other rows.

    Args:
        model: on any device.
        rows: at most max_len - 1 pieces each, without end marker.
        noise: standard normal, (n, slots, dim).
        conditions: label ids, (n, labels).
    """
    latents = model.encode_ids(rows, conditions)
    z = latents.sample(noise.to(model.device))
    kl = model.module.prior.kl(latents).sum((-2, -1))
    nats = []
    rows_at_once = model.module.encode_rows
    for start in range(0, len(rows), rows_at_once):
        chunk = slice(start, start + rows_at_once)
        ids = torch.zeros(rows_at_once, model.max_len, dtype=torch.long)
        lengths = torch.ones(rows_at_once, dtype=torch.long)
        for place, row in enumerate(rows[chunk]):
            ids[place, : len(row) + 1] = torch.tensor([*row, EOS])
            lengths[place] = len(row) + 1
        missing = rows_at_once - len(rows[chunk])
        label_ids = None if conditions is None else functional.pad(conditions[chunk], (0, 0, 0, missing))
        batch = TextBatch.of(ids, lengths, conditions=label_ids).to(model.device)
        padded_z = functional.pad(z[chunk], (0, 0, 0, 0, 0, missing))
        nats.append(model.module.nats(padded_z, batch)[: len(rows[chunk])])
    return latents, torch.cat(nats) + kl
