"""Settings of a recurrent text VAE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from vae.bounded import bounded


@dataclass(frozen=True, kw_only=True)
class RecurrentConfig:
    """`encoder` and `decoder` are the hidden sizes of their layers, from the input on.

    With `slots` 1 the latent stands for the whole segment (the classical VAE); with more, each slot reads and writes
    its own run of `max_len / slots` pieces. `reads` says what the decoder reads at each step: the `pieces` before
    it and z, or the `latent` alone (then its layers are as `bidirectional` as the encoder's). `skip` hands z to the
    output layer too. `dense` puts a layer of that width between encoder and posterior, and between z and decoder;
    0 puts none. `learned_prior` gives each slot a Gaussian prior of its own; `batch_norm` normalises the posterior
    means to this standard deviation, 0 does not. `vectors` says where the embedding comes from: it is `learned`, or
    counted in the `corpus` and kept, so that words used alike are neighbours in z too (docs/results.md).
    """

    family: ClassVar[str] = "recurrent"

    cell: Literal["lstm", "gru"] = "lstm"
    embedding: int = bounded(256, low=1)
    vectors: Literal["learned", "corpus"] = "learned"
    encoder: tuple[int, ...] = bounded((256,), low=1)
    decoder: tuple[int, ...] = bounded((256,), low=1)
    bidirectional: bool = True
    reads: Literal["pieces", "latent"] = "pieces"
    skip: bool = True
    dense: int = bounded(0, low=0)
    slots: int = bounded(16, low=1)
    dim: int = bounded(32, low=1)
    dropout: float = bounded(0.1, low=0.0, high=0.99)
    learned_prior: bool = False
    batch_norm: float = bounded(0.0, low=0.0)
