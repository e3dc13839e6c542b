"""A convolutional VAE for small grey images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from vae.data.array_batch import ArrayBatch
from vae.models.bernoulli import BernoulliVAE

if TYPE_CHECKING:
    from vae.models.configs import ImageConfig

SIDE = 28
"""The height and the width of an image, in pixels."""


class ImageBatch(ArrayBatch):
    """A batch of grey images, (n, 28, 28): 0 is black, 1 is white."""


class ImageVAE(BernoulliVAE[ImageBatch]):
    """A VAE whose encoder halves the image with two convolutions and reads the posterior off a dense layer.

    Its decoder maps the latent back to an image with transposed convolutions.
    """

    def __init__(self, config: ImageConfig) -> None:
        outer, inner = config.channels
        small = SIDE // 4
        encoder = nn.Sequential(
            nn.Unflatten(1, (1, SIDE)),
            nn.Conv2d(1, outer, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(outer, inner, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(inner * small**2, config.dense),
            nn.BatchNorm1d(config.dense) if config.batch_norm else nn.Identity(),
            nn.ReLU(),
        )
        decoder = nn.Sequential(
            nn.Linear(config.dim, inner * small**2),
            nn.ReLU(),
            nn.Unflatten(1, (inner, small, small)),
            nn.ConvTranspose2d(inner, inner, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(inner, outer, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(outer, 1, 3, padding=1),
            nn.Flatten(1, 2),
        )
        super().__init__(encoder, decoder, width=config.dense, dim=config.dim, batch_norm=config.batch_norm)
