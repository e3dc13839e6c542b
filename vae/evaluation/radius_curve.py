"""What a latent step of a given radius does to a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.decode.decoding import Decoding, decode
from vae.evaluation.reconstruction import bleu
from vae.latent.calibration import RADII
from vae.latent.noise import normal
from vae.latent.strategies import neighbour
from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.latent.gaussian import Latents
    from vae.loaded_model import LoadedModel


@dataclass(frozen=True)
class RadiusPoint:
    """Means over texts at one radius.

    `changed` share of changed words; `bleu` to the source and `self_bleu` between two variations of a text, 0 to
    100; `cycle` the distance between z and the mean its text is encoded to again, as a share of z's length, both over
    the slots that the source uses.
    """

    radius: float
    changed: float
    bleu: float
    self_bleu: float
    cycle: float


def radius_curve(model: LoadedModel, rows: Sequence[Sequence[int]], *, seed: int) -> list[RadiusPoint]:
    """Greedy neighbours of rows of piece ids at every radius of RADII."""
    latents = model.encode_ids(rows)
    sources = model.tokenizer.decode(rows)
    used = model.module.active_slots(torch.tensor([len(row) + 1 for row in rows], device=model.device))[..., None]
    points: list[RadiusPoint] = []
    for radius in RADII:
        first, again = (_step(model, latents, radius, seed=seed, variant=variant) for variant in (0, 1))
        levels = torch.full((len(rows),), radius, device=model.device)
        texts, others = (
            decode(model.decoder, z, Decoding(), sources=rows, levels=levels, as_long=True) for z in (first, again)
        )
        back = model.encode_ids([row[: model.max_len - 1] for row in texts]).mean
        points.append(
            RadiusPoint(
                radius=radius,
                changed=_changed(model, sources, texts),
                bleu=bleu(model, texts, rows),
                self_bleu=bleu(model, others, texts),
                cycle=float((_length((back - first) * used) / _length(first * used)).mean()),
            )
        )
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
