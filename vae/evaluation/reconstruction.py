"""How much of a text comes back through its latent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from sacrebleu.metrics.bleu import BLEU

from vae.decode.decoding import Decoding, decode
from vae.latent.noise import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.loaded_model import LoadedModel


@dataclass(frozen=True)
class Reconstruction:
    """Corpus BLEU from the mean and from one posterior sample, 0 to 100; exact match from the mean, 0 to 1."""

    bleu: float
    bleu_sampled: float
    exact_match: float


def reconstruction(model: LoadedModel, rows: Sequence[Sequence[int]], *, seed: int) -> Reconstruction:
    """Greedy reconstructions of rows of piece ids against their texts, placeholders in both."""
    latents = model.encode_ids(rows)
    shape = tuple(latents.mean.shape[1:])
    noise = torch.from_numpy(np.stack([normal(shape, key=(seed, "sampled", row)) for row in range(len(rows))]))
    sampled = latents.sample(noise.to(latents.mean.device))
    means, samples = (decode(model.decoder, z, Decoding(), sources=rows, as_long=True) for z in (latents.mean, sampled))
    return Reconstruction(
        bleu=bleu(model, means, rows),
        bleu_sampled=bleu(model, samples, rows),
        exact_match=sum(list(a) == list(b) for a, b in zip(means, rows, strict=True)) / len(rows),
    )


def bleu(model: LoadedModel, rows: Sequence[Sequence[int]], references: Sequence[Sequence[int]]) -> float:
    """Corpus BLEU of decoded rows, 0 to 100 (sacrebleu, 13a tokens, case kept; Post 2018)."""
    return float(BLEU().corpus_score(model.tokenizer.decode(rows), [model.tokenizer.decode(references)]).score)
