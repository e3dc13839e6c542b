"""A VAE for bags of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from vae.data.array_batch import ArrayBatch
from vae.models.bernoulli import BernoulliVAE

if TYPE_CHECKING:
    from vae.models.configs import DenseConfig


class BagBatch(ArrayBatch):
    """A batch of bags of words, (n, words): 1 where a text has the word, 0 where it does not."""


class DenseVAE(BernoulliVAE[BagBatch]):
    """A VAE with one hidden layer on either side of the latent; it decodes the probability that a text has a word."""

    def __init__(self, config: DenseConfig) -> None:
        super().__init__(
            nn.Sequential(nn.Linear(config.inputs, config.hidden), nn.ReLU()),
            nn.Sequential(nn.Linear(config.dim, config.hidden), nn.ReLU(), nn.Linear(config.hidden, config.inputs)),
            width=config.hidden,
            dim=config.dim,
        )
