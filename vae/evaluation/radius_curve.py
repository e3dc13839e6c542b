"""Measures what a step of a given radius in the latent space does to a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.decode.decoding import Decoding, decode
from vae.evaluation.measuring_bar import nothing
from vae.evaluation.reconstruction import bleu
from vae.latent.calibration import RADII
from vae.latent.noise import normal
from vae.latent.strategies import neighbour
from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from vae.latent.gaussian import Latents
    from vae.loaded_model import LoadedModel


@dataclass(frozen=True)
class RadiusPoint:
    """Means over texts at one radius.

    `changed` is the share of words that change. `bleu` compares a variation with its source, `self_bleu` two
    variations of one text, both 0 to 100. `cycle` is the distance from z to the mean of the text decoded from it, as
    a share of z's length; both are taken over the slots that the source uses.
    """

    radius: float
    changed: float
    bleu: float
    self_bleu: float
    cycle: float


def radius_curve(
    model: LoadedModel,
    rows: Sequence[Sequence[int]],
    *,
    seed: int,
    radii: Sequence[float] = RADII,
    part_done: Callable[[], None] = nothing,
) -> list[RadiusPoint]:
    """Measures a point for each radius: two neighbours of each row of piece ids, decoded greedily.

    `part_done` is called after each radius.
    """
    latents = model.encode_ids(rows)
    sources = model.tokenizer.decode(rows)
    used = model.module.active_slots(torch.tensor([len(row) + 1 for row in rows], device=model.device))[..., None]
    points: list[RadiusPoint] = []
    for radius in radii:
        first, second = (_step(model, latents, radius, seed=seed, variant=variant) for variant in (0, 1))
        levels = torch.full((len(rows),), radius, device=model.device)
        texts, others = (
            decode(model.decoder, z, Decoding(), sources=rows, levels=levels, as_long=True) for z in (first, second)
        )
        encoded_again = model.encode_ids([row[: model.max_len - 1] for row in texts]).mean
        points.append(
            RadiusPoint(
                radius=radius,
                changed=_changed(model, sources, texts),
                bleu=bleu(model, texts, rows),
                self_bleu=bleu(model, others, texts),
                cycle=float((_length((encoded_again - first) * used) / _length(first * used)).mean()),
            )
        )
        part_done()
    return points


def _step(model: LoadedModel, latents: Latents, radius: float, *, seed: int, variant: int) -> Tensor:
    shape = tuple(latents.mean.shape[1:])
    rows = len(latents.mean)
    noise = torch.from_numpy(np.stack([normal(shape, key=(seed, "neighbour", variant, row)) for row in range(rows)]))
    noise = noise.to(model.device)
    return neighbour(latents, noise, torch.full((rows,), radius, device=model.device), noise)


def _length(z: Tensor) -> Tensor:
    return z.flatten(1).square().sum(1).sqrt()


def _changed(model: LoadedModel, sources: Sequence[str], rows: Sequence[Sequence[int]]) -> float:
    texts = model.tokenizer.decode(rows)
    return float(np.mean([changed_words(source, text) for source, text in zip(sources, texts, strict=True)]))
