"""Measures how much of a text comes back when it is decoded from its latent."""

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
    """How alike texts and their reconstructions are.

    `bleu` is the corpus BLEU from the posterior mean, `bleu_sampled` that from one sample, 0 to 100. `exact_match` is
    the share of texts that come back piece by piece from the mean, 0 to 1.
    """

    bleu: float
    bleu_sampled: float
    exact_match: float


def reconstruction(model: LoadedModel, rows: Sequence[Sequence[int]], *, seed: int) -> Reconstruction:
    """Compares rows of piece ids with their greedy reconstructions; both texts keep their placeholders."""
    latents = model.encode_ids(rows)
    shape = tuple(latents.mean.shape[1:])
    noise = torch.from_numpy(np.stack([normal(shape, key=(seed, "sampled", row)) for row in range(len(rows))]))
    sampled = latents.sample(noise.to(latents.mean.device))
    means, samples = (decode(model.decoder, z, Decoding(), sources=rows, as_long=True) for z in (latents.mean, sampled))
    return Reconstruction(
        bleu=bleu(model, means, rows),
        bleu_sampled=bleu(model, samples, rows),
        exact_match=sum(list(rebuilt) == list(row) for rebuilt, row in zip(means, rows, strict=True)) / len(rows),
    )


def bleu(model: LoadedModel, rows: Sequence[Sequence[int]], references: Sequence[Sequence[int]]) -> float:
    """Returns the corpus BLEU of rows of piece ids, 0 to 100 (sacrebleu, 13a tokens, case kept; Post 2018)."""
    return float(BLEU().corpus_score(model.tokenizer.decode(rows), [model.tokenizer.decode(references)]).score)


_QUARTERS = 4


@dataclass(frozen=True)
class LengthQuarter(Reconstruction):
    """The figures of the `texts` of one quarter, whose longest texts have `pieces_up_to` pieces with end marker."""

    pieces_up_to: int
    texts: int


def by_length(model: LoadedModel, rows: Sequence[Sequence[int]], *, seed: int) -> list[LengthQuarter]:
    """Compares rows of piece ids with their reconstructions, by quarters of the model's longest length.

    A quarter without texts is left out.
    """
    quarters: dict[int, list[Sequence[int]]] = defaultdict(list)
    ends = [-(-model.max_len * part // _QUARTERS) for part in range(1, _QUARTERS + 1)]
    for row in rows:
        quarters[next(end for end in ends if len(row) < end)].append(row)
    return [
        LengthQuarter(pieces_up_to=end, texts=len(of_quarter), **vars(reconstruction(model, of_quarter, seed=seed)))
        for end, of_quarter in sorted(quarters.items())
    ]
