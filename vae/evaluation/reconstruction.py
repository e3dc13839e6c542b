"""How much of a text comes back through its latent."""

from __future__ import annotations

from collections import defaultdict
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


_PARTS = 4


@dataclass(frozen=True)
class OfLength(Reconstruction):
    """Of the `texts` of at most `pieces_up_to` pieces, end marker included, that are too long for a smaller one."""

    pieces_up_to: int
    texts: int


def by_length(model: LoadedModel, rows: Sequence[Sequence[int]], *, seed: int) -> list[OfLength]:
    """Rows of piece ids by quarters of the longest length the model takes; a quarter without texts is left out."""
    quarters: dict[int, list[Sequence[int]]] = defaultdict(list)
    ends = [-(-model.max_len * part // _PARTS) for part in range(1, _PARTS + 1)]
    for row in rows:
        quarters[next(end for end in ends if len(row) < end)].append(row)
    return [
        OfLength(pieces_up_to=end, texts=len(found), **vars(reconstruction(model, found, seed=seed)))
        for end, found in sorted(quarters.items())
    ]
