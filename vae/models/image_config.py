"""Settings of a VAE over images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vae.bounded import bounded


@dataclass(frozen=True, kw_only=True)
class ImageConfig:
    """28 x 28 grey images: two convolutions of stride 2, a layer of `dense`, a latent of `dim`, and mirrored back.

    `batch_norm` above 0 normalises that layer over the batch, and the posterior means to this scale. So narrow a layer
    otherwise loses most of its units in the first steps: what is common to all images pushes them below 0 for good.
    """

    family: ClassVar[str] = "image"

    channels: tuple[int, int] = (32, 64)
    dense: int = bounded(16, low=1)
    dim: int = bounded(2, low=1)
    batch_norm: float = bounded(0.0, low=0.0)
