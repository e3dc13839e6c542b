"""A VAE over bags of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from vae.data.array_batch import ArrayBatch
from vae.models.bernoulli import BernoulliVAE

if TYPE_CHECKING:
    from vae.models.configs import DenseConfig


class BagBatch(ArrayBatch):
    """Which words each text has, 0 or 1, (n, words)."""


class DenseVAE(BernoulliVAE[BagBatch]):
    """One hidden layer on either side of the latent; the decoder gives each word's probability to be in the text."""

    def __init__(self, config: DenseConfig) -> None:
        super().__init__(
            nn.Sequential(nn.Linear(config.inputs, config.hidden), nn.ReLU()),
            nn.Sequential(nn.Linear(config.dim, config.hidden), nn.ReLU(), nn.Linear(config.hidden, config.inputs)),
            width=config.hidden,
            dim=config.dim,
        )
