"""Settings of a transformer text VAE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from vae.bounded import bounded


@dataclass(frozen=True, kw_only=True)
class TransformerConfig:
    """`encoder_layers` and `decoder_layers` of `width`, with `heads` heads and a feedforward of 4 * width.

    `read` says how slots are read from the encoder: `runs` pools runs of consecutive pieces, one run a slot, beside
    one global slot (so max_len is a multiple of slots - 1); `queries` lets learned queries attend to all pieces.
    `learned_prior` gives each slot a Gaussian prior of its own; `batch_norm` normalises the posterior means to this
    standard deviation, 0 does not. `vectors` says where the embedding comes from: it is `learned`, or counted in the
    `corpus` and kept, so that words used alike are neighbours in z too (docs/results.md).
    """

    family: ClassVar[str] = "transformer"

    width: int = bounded(256, low=2)
    vectors: Literal["learned", "corpus"] = "learned"
    heads: int = bounded(4, low=1)
    encoder_layers: int = bounded(2, low=1)
    decoder_layers: int = bounded(2, low=1)
    read: Literal["runs", "queries"] = "runs"
    slots: int = bounded(17, low=1)
    dim: int = bounded(32, low=1)
    dropout: float = bounded(0.1, low=0.0, high=0.99)
    learned_prior: bool = False
    batch_norm: float = bounded(0.0, low=0.0)
