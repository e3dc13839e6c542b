"""The interface of text models that decoding, training and evaluation use."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from tokenizer.tokenizer import PAD
from vae.data.text_batch import TextBatch
from vae.models.piece_nats import piece_nats
from vae.models.vae import VAE

if TYPE_CHECKING:
    from vae.latent.gaussian import Latents


class TextModel(VAE[TextBatch]):
    """A VAE for texts of at most `max_len` pieces of a vocabulary of `vocab_size`.

    The output layer shares its weights with `embedding`.
    """

    vocab_size: int
    max_len: int
    encode_rows: ClassVar[int] = 64
    """The number of texts that are always encoded together: the rounding of a matrix product depends on its shape."""
    embedding: nn.Embedding
    bias: nn.Parameter

    @abstractmethod
    def encode(self, ids: Tensor, lengths: Tensor, conditions: Tensor | None = None) -> Latents:
        """Returns the posteriors of n texts.

        Args:
            ids: the pieces, (n, width <= max_len): end marker included, padded.
            lengths: the number of pieces of each text, end marker included, (n,).
            conditions: the labels of each text, (n, tables); None for texts without labels.
        """

    @abstractmethod
    def active_slots(self, lengths: Tensor) -> Tensor:
        """Returns a mask (n, slots) of the slots that texts of these lengths (n,) use."""

    def scores(self, features: Tensor) -> Tensor:
        """Returns the unnormalised log probabilities of the pieces, (..., vocab), for features (..., embedding)."""
        return functional.linear(features, self.embedding.weight, self.bias)

    def posterior(self, batch: TextBatch) -> Latents:
        """Returns q(z|x) of each text."""
        return self.encode(batch.ids, batch.lengths, batch.conditions)

    def active(self, batch: TextBatch) -> Tensor:
        """Returns a mask (n, slots) of the slots that each text uses."""
        return self.active_slots(batch.lengths)


class StepwiseModel(TextModel):
    """A text model whose decoder writes one piece after another, from left to right."""

    @abstractmethod
    def features(self, z: Tensor, inputs: Tensor, conditions: Tensor | None = None) -> Tensor:
        """Returns the features (n, width, embedding) that give the scores of the piece after each of `inputs`.

        `inputs` (n, width) begin with bos.
        """

    @abstractmethod
    def start(self, z: Tensor, conditions: Tensor | None = None) -> Any:
        """Returns the state of the decoder before the first piece."""

    @abstractmethod
    def step(self, state: Any, previous: Tensor, place: int) -> tuple[Tensor, Any]:
        """Returns the scores (n, vocab) of the piece at `place` after the pieces `previous` (n,), and the new state."""

    @abstractmethod
    def reorder(self, state: Any, rows: Tensor) -> Any:
        """Returns the state with what it holds of row `rows[i]` in row i, for beam search.

        Both rows must be decoded from the same z and labels.
        """

    def nats(self, z: Tensor, batch: TextBatch) -> Tensor:
        """Returns -log p(x|z) of each text, (n,): the end marker is predicted, the padding is not."""
        features = self.features(z, batch.inputs, batch.conditions)
        places = (batch.ids != PAD).flatten().nonzero()[:, 0]
        read = features.flatten(0, 1)[places]
        nats = piece_nats(read, self.embedding.weight, self.bias, batch.ids.flatten()[places])
        rows = places // batch.ids.shape[1]
        return torch.zeros(len(z), device=z.device, dtype=nats.dtype).index_add(0, rows, nats)
