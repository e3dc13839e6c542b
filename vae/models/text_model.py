"""What decoding, training and evaluation ask of a model of texts."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from tokenizer.tokenizer import PAD
from vae.data.text_batch import TextBatch
from vae.models.piece_nats import piece_nats
from vae.models.vae import VAE

if TYPE_CHECKING:
    from vae.latent.gaussian import Latents

State = TypeVar("State")


class TextModel(VAE[TextBatch]):
    """Texts of at most `max_len` pieces out of `vocab_size`; the output layer is the embedding, tied."""

    vocab_size: int
    max_len: int
    encode_rows: ClassVar[int] = 64
    """Texts encoded together, always: the rounding of a matrix product depends on its shape."""
    embedding: nn.Embedding
    bias: nn.Parameter

    @abstractmethod
    def encode(self, ids: Tensor, lengths: Tensor, conditions: Tensor | None = None) -> Latents:
        """Posteriors of texts `ids` (n, width <= max_len, eos included, padded) of `lengths` (n,)."""

    @abstractmethod
    def active_slots(self, lengths: Tensor) -> Tensor:
        """Which slots a text of each length uses, (n, slots)."""

    def scores(self, features: Tensor) -> Tensor:
        """Unnormalised log probabilities (..., vocab)."""
        return functional.linear(features, self.embedding.weight, self.bias)

    def posterior(self, batch: TextBatch) -> Latents:
        """q(z|x) of each text."""
        return self.encode(batch.ids, batch.lengths, batch.conditions)

    def active(self, batch: TextBatch) -> Tensor:
        """Which slots each text uses, (n, slots)."""
        return self.active_slots(batch.lengths)


class StepwiseModel(TextModel):
    """A text model whose decoder writes piece after piece, from left to right."""

    @abstractmethod
    def features(self, z: Tensor, inputs: Tensor, conditions: Tensor | None = None) -> Tensor:
        """What the scores of the pieces after `inputs` (n, width), bos first, are read from: (n, width, embedding)."""

    @abstractmethod
    def start(self, z: Tensor, conditions: Tensor | None = None) -> Any:
        """The state before the first piece."""

    @abstractmethod
    def step(self, state: Any, previous: Tensor, place: int) -> tuple[Tensor, Any]:
        """Scores (n, vocab) of the piece at `place`, from the piece before it (n,), and the new state."""

    @abstractmethod
    def reorder(self, state: Any, rows: Tensor) -> Any:
        """The state with what it has of row `rows[n]` (n,), decoded from the same z and labels, in row n."""

    def nats(self, z: Tensor, batch: TextBatch) -> Tensor:
        """-log p(x|z) of each text, (n,): the end marker is predicted, the padding is not."""
        features = self.features(z, batch.inputs, batch.conditions)
        places = (batch.ids != PAD).flatten().nonzero()[:, 0]
        read = features.flatten(0, 1)[places]
        nats = piece_nats(read, self.embedding.weight, self.bias, batch.ids.flatten()[places])
        rows = places // batch.ids.shape[1]
        return torch.zeros(len(z), device=z.device, dtype=nats.dtype).index_add(0, rows, nats)
