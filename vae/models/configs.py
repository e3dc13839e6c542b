"""The settings of each family of models; nothing here needs torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeVar

Value = TypeVar("Value", int, float, tuple[int, ...])


def bounded(default: Value, *, low: float, high: float = float("inf")) -> Value:
    """A dataclass field of settings; what is read from a file or a flag must lie in [low, high], each of a tuple."""
    made: Value = field(default=default, metadata={"low": low, "high": high})
    return made


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


@dataclass(frozen=True, kw_only=True)
class DenseConfig:
    """One hidden layer on either side of a latent of `dim`; `inputs` is the number of words."""

    family: ClassVar[str] = "dense"

    inputs: int = bounded(2000, low=1)
    hidden: int = bounded(512, low=1)
    dim: int = bounded(32, low=1)


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


TextConfig = RecurrentConfig | TransformerConfig | T5Config | MaskedConfig
ModelConfig = TextConfig | DenseConfig | ImageConfig

TEXT_FAMILIES: dict[str, type[TextConfig]] = {
    config.family: config for config in (RecurrentConfig, TransformerConfig, T5Config, MaskedConfig)
}
