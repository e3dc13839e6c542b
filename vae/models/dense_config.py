"""Settings of a VAE over bags of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vae.bounded import bounded


@dataclass(frozen=True, kw_only=True)
class DenseConfig:
    """One hidden layer on either side of a latent of `dim`; `inputs` is the number of words."""

    family: ClassVar[str] = "dense"

    inputs: int = bounded(2000, low=1)
    hidden: int = bounded(512, low=1)
    dim: int = bounded(32, low=1)
