"""A text VAE made of a T5 whose decoder attends to the slots instead of the states of the encoder."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from torch import Tensor, nn

from tokenizer.tokenizer import PAD
from vae.models.attention import Attention
from vae.models.conditions import Conditions
from vae.models.head import PosteriorHead, all_active
from vae.models.prior import Prior
from vae.models.t5_library import Architecture, DynamicCache, EncoderDecoderCache, T5Model
from vae.models.text_model import StepwiseModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.latent.gaussian import Latents
    from vae.models.configs import T5Config

HEADS = 8
"""The number of heads of the attention that reads the encoder; fewer if 8 does not divide T5's width."""


class T5State(NamedTuple):
    """The state of the decoder between two pieces.

    `memory` is what the decoder attends to, `label` is added to the input of every step, and `cache` holds the keys and
    values of the pieces before.
    """

    memory: Tensor
    label: Tensor | float
    cache: EncoderDecoderCache


class T5VAE(StepwiseModel):
    """A T5 (Raffel et al. 2020) with Gaussian slots between its encoder and its decoder.

    Learned queries read the slots off the encoder's states and their places (as in Lovelace et al. 2023, section 4.1).
    The slots go to the decoder through the same normalisation as the encoder's states did, so they have the scale that
    its cross-attention is trained for. `embedding` is the output layer and embeds the inputs too. A T5 of version 1.1
    or later has a second table for its inputs, `input_embedding`.
    """

    compiles = ("encode", "features")

    def __init__(self, config: T5Config, *, vocab_size: int, max_len: int, labels: Sequence[int] = ()) -> None:
        """Makes a model with new weights; `start_from_t5` gives it those of a trained T5.

        `labels` are the sizes of the tables of labels.

        Raises:
            ValueError: the config has no architecture.
        """
        super().__init__()
        if not config.architecture:
            raise ValueError("a model of the t5 family needs the architecture of a trained T5")
        t5 = _t5(config)
        width, tied = t5.config.d_model, t5.config.scale_decoder_outputs
        self.config, self.vocab_size, self.max_len = config, vocab_size, max_len
        self.slots, self.dim, self.scale = config.slots, config.dim, width**-0.5 if tied else 1.0
        self.prior = Prior(config.slots, config.dim, learned=config.learned_prior)
        self.missing = nn.Parameter(torch.zeros(config.dim))
        self.embedding = nn.Embedding(vocab_size, width, padding_idx=PAD)
        self.input_embedding = None if tied else nn.Embedding(vocab_size, width, padding_idx=PAD)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.conditions = Conditions(labels, width)
        self.encoder, self.decoder = t5.encoder, t5.decoder
        self.places = nn.Parameter(torch.zeros(max_len, width))
        self.reader_norm = nn.LayerNorm(width)
        self.queries = nn.Parameter(torch.zeros(config.slots, width))
        self.reader = Attention(width, math.gcd(width, HEADS))
        self.head = PosteriorHead(width, config.dim, batch_norm=config.batch_norm)
        self.memory = nn.Linear(config.dim, width)
        self.slot_places = nn.Parameter(torch.zeros(config.slots, width))
        self.memory_norm = type(t5.encoder.final_layer_norm)(width, eps=t5.config.layer_norm_epsilon)
        for weight in (self.places, self.queries, self.slot_places):
            nn.init.normal_(weight, std=0.5)
        for linear in (self.reader.to_queries, self.reader.to_cache, self.reader.to_output, self.head.gaussian):
            nn.init.normal_(linear.weight, std=linear.in_features**-0.5)
            nn.init.zeros_(linear.bias)

    def encode(self, ids: Tensor, lengths: Tensor, conditions: Tensor | None = None) -> Latents:
        """Returns the posteriors of n texts: `ids` (n, width <= max_len) are padded, `lengths` (n,) count eos."""
        real = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        states = self.states(ids, real, conditions)
        memory = self.reader.cache(self.reader_norm(states) + self.places[: ids.shape[1]])
        read = self.reader(self.queries.expand(len(ids), -1, -1), memory, mask=real[:, None, None])
        return cast("Latents", self.head(read, self.active_slots(lengths), self.prior))

    def states(self, ids: Tensor, real: Tensor, conditions: Tensor | None = None) -> Tensor:
        """Returns the states of T5's encoder, (n, width, hidden); `real` (n, width) is false at the padding."""
        embedded = self._embedded(ids) + self.conditions(ids, conditions)
        return cast("Tensor", self.encoder(inputs_embeds=embedded, attention_mask=real).last_hidden_state)

    def active_slots(self, lengths: Tensor) -> Tensor:
        """Returns a mask (n, slots) that is true everywhere: every text uses all slots."""
        return all_active(lengths, self.slots)

    def features(self, z: Tensor, inputs: Tensor, conditions: Tensor | None = None) -> Tensor:
        """Returns the features (n, width, embedding) that give the scores of the piece after each of `inputs`.

        `inputs` (n, width) begin with bos.
        """
        embedded = self._embedded(inputs) + self.conditions(inputs, conditions)
        decoded = self.decoder(inputs_embeds=embedded, encoder_hidden_states=self._memory(z), use_cache=False)
        return cast("Tensor", decoded.last_hidden_state * self.scale)

    def start(self, z: Tensor, conditions: Tensor | None = None) -> T5State:
        """Returns the state of the decoder before the first piece."""
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        return T5State(self._memory(z), self.conditions(z, conditions), cache)

    def step(self, state: T5State, previous: Tensor, place: int) -> tuple[Tensor, T5State]:  # noqa: ARG002  (in the cache)
        """Returns the scores (n, vocab) of the piece at `place` after the pieces `previous` (n,), and the state.

        The cache of the state is extended in place.
        """
        decoded = self.decoder(
            inputs_embeds=self._embedded(previous[:, None]) + state.label,
            encoder_hidden_states=state.memory,
            past_key_values=state.cache,
            use_cache=True,
        )
        return self.scores(decoded.last_hidden_state[:, 0] * self.scale), state

    def reorder(self, state: T5State, rows: Tensor) -> T5State:
        """Returns the state with the cached pieces of row `rows[i]` in row i, reordered in place.

        Both rows must share z and labels.
        """
        state.cache.reorder_cache(rows)
        return state

    def decoder_parts(self) -> list[nn.Module]:
        """Returns the map from z to the decoder; the decoder's own layers are T5's and never get new weights."""
        return [self.memory]

    def _embedded(self, ids: Tensor) -> Tensor:
        return cast("Tensor", (self.input_embedding or self.embedding)(ids))

    def _memory(self, z: Tensor) -> Tensor:
        """Returns the states of the slots that the decoder attends to, (n, slots, width)."""
        return cast("Tensor", self.memory_norm(self.memory(z) + self.slot_places))


def _t5(config: T5Config) -> T5Model:
    """Returns the encoder and decoder of a T5 without an embedding: `T5VAE` embeds their inputs."""
    shape = json.loads(config.architecture)
    t5 = T5Model(Architecture(**shape, dropout_rate=config.dropout, vocab_size=1, eos_token_id=None))
    t5.encoder.embed_tokens = t5.decoder.embed_tokens = None
    return t5
