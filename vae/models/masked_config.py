"""Settings of a masked text VAE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vae.bounded import bounded


@dataclass(frozen=True, kw_only=True)
class MaskedConfig:
    """`encoder_layers` and `decoder_layers` of `width`, with `heads` heads and a feedforward of 4 * width.

    Slot 0 stands for the whole text, slot k for the pieces run * (k - 1) to run * k - 1, each of `dim` numbers; max_len
    is a multiple of `run`. The given vectors of pieces, which the latents are read off, have `usage` numbers counted in
    the corpus and `meaning` numbers of a sentence encoder's reading of the piece alone; 0 leaves either out.
    """

    family: ClassVar[str] = "masked"

    width: int = bounded(512, low=2)
    heads: int = bounded(8, low=1)
    encoder_layers: int = bounded(2, low=1)
    decoder_layers: int = bounded(10, low=1)
    run: int = bounded(4, low=1)
    dim: int = bounded(64, low=1)
    usage: int = bounded(128, low=0)
    meaning: int = bounded(64, low=0)
    dropout: float = bounded(0.05, low=0.0, high=0.99)
