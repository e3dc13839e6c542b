"""The settings of each family of models; this module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeVar

Value = TypeVar("Value", int, float, tuple[int, ...])


def bounded(default: Value, *, low: float, high: float = float("inf")) -> Value:
    """Returns a dataclass field with a default value and bounds.

    A value that is read from a file or a flag must lie in [low, high]; of a tuple, each number must.
    """
    bounded_field: Value = field(default=default, metadata={"low": low, "high": high})
    return bounded_field


@dataclass(frozen=True, kw_only=True)
class RecurrentConfig:
    """Settings of a recurrent model; `encoder` and `decoder` are the hidden sizes of their layers, first layer first.

    With `slots` 1 the latent stands for the whole segment (the classical VAE); with more, each slot reads and writes
    its own run of `max_len / slots` pieces. `reads` says what the decoder reads at each step: the `pieces` before it
    and z, or the `latent` alone (then `bidirectional` holds for its layers too). With `skip` the output layer reads z
    too. `dense` is the width of a layer between encoder and posterior, and of one between z and decoder; 0 leaves them
    out. `learned_prior` gives each slot a Gaussian prior of its own. `batch_norm` is the standard deviation that the
    posterior means are normalised to; 0 does not normalise them. `vectors` says where the embedding comes from: it is
    `learned`, or counted in the `corpus` and not trained, so that words of similar use are neighbours in z too.
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
    """Settings of a transformer with layers of `width`, `heads` heads and feedforwards of 4 * width.

    `read` says how slots are read from the encoder: `runs` pools runs of consecutive pieces, one run for each slot,
    beside one global slot (so max_len is a multiple of slots - 1); `queries` lets learned queries attend to all pieces.
    `learned_prior` gives each slot a Gaussian prior of its own. `batch_norm` is the standard deviation that the
    posterior means are normalised to; 0 does not normalise them. `vectors` says where the embedding comes from: it is
    `learned`, or counted in the `corpus` and not trained, so that words of similar use are neighbours in z too.
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
    """Settings of a model made of a T5; `source` is the folder of a T5 or its name on the hub.

    `slots` learned queries read the T5's encoder, and its decoder attends to the slots. `architecture` is the T5's
    shape as JSON, read from the source when training begins; a trained model does not need the source any more and
    names it by the last part of its path. `learned_prior` gives each slot a Gaussian prior of its own. `batch_norm` is
    the standard deviation that the posterior means are normalised to; 0 does not normalise them.
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
    """Settings of a masked model with layers of `width`, `heads` heads and feedforwards of 4 * width.

    Slot 0 stands for the whole text, slot k for the pieces run * (k - 1) to run * k - 1; max_len is a multiple of
    `run`. Each slot has `dim` dimensions. The latents are read off given vectors of the pieces: `usage` dimensions are
    counted in the corpus, and `meaning` dimensions are a sentence encoder's embedding of the piece alone; 0 leaves
    either out.
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
    """Settings of a model of bags of `inputs` words, with a layer of `hidden` units on either side of the latent."""

    family: ClassVar[str] = "dense"

    inputs: int = bounded(2000, low=1)
    hidden: int = bounded(512, low=1)
    dim: int = bounded(32, low=1)


@dataclass(frozen=True, kw_only=True)
class ImageConfig:
    """Settings of a model of 28 x 28 grey images: two convolutions of stride 2, then a layer of `dense` units.

    `batch_norm` above 0 batch-normalises this layer, and normalises the posterior means to this standard deviation.
    Without it, such a narrow layer loses most of its units in the first steps: what all images have in common pushes
    them below 0 for good.
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
