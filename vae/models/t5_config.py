"""Settings of a VAE around a pretrained T5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vae.bounded import bounded


@dataclass(frozen=True, kw_only=True)
class T5Config:
    """`source` is a folder or a hub name of a T5; `slots` learned queries read its encoder, its decoder reads them.

    `architecture` is its shape as JSON, read from the source when training begins: a trained model needs no source, and
    names it by the last part of its path.
    `learned_prior` gives each slot a Gaussian prior of its own; `batch_norm` normalises the posterior means to this
    standard deviation, 0 does not.
    """

    family: ClassVar[str] = "t5"

    source: str = ""
    architecture: str = ""
    slots: int = bounded(16, low=1)
    dim: int = bounded(64, low=1)
    dropout: float = bounded(0.1, low=0.0, high=0.99)
    learned_prior: bool = False
    batch_norm: float = bounded(0.0, low=0.0)
