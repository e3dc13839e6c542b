"""A T5 whose decoder attends to `slots` Gaussian variables, each of size `dim`, in place of the encoder's states."""

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
"""Of the attention that reads the encoder; fewer where 8 do not divide T5's width."""


class T5State(NamedTuple):
    """Between two pieces: what the decoder attends to, what each step reads of labels, and all keys and values."""

    memory: Tensor
    label: Tensor | float
    cache: EncoderDecoderCache


class T5VAE(StepwiseModel):
    """T5 (Raffel et al. 2020), with each slot a learned query's view of the whole text between its two halves.

    The slots are read from the encoder's states and their places (as in Lovelace et al. 2023, section 4.1), and go to
    the decoder through the same normalisation as the encoder's states did: the scale its cross-attention knows.
    `embedding` is the output layer, and what is read too, unless T5 has a table of its own for that (since version
    1.1): then that is `input_embedding`.
    """

    compiles = ("encode", "features")

    def __init__(self, config: T5Config, *, vocab_size: int, max_len: int, labels: Sequence[int] = ()) -> None:
        """New weights; `start_from_t5` gives those of a trained T5. Args: labels: the size of each table of labels.

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
        """Posteriors of texts `ids` (n, width <= max_len, eos included, padded) of `lengths` (n,)."""
        real = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        states = self.states(ids, real, conditions)
        memory = self.reader.cache(self.reader_norm(states) + self.places[: ids.shape[1]])
        read = self.reader(self.queries.expand(len(ids), -1, -1), memory, mask=real[:, None, None])
        return cast("Latents", self.head(read, self.active_slots(lengths), self.prior))

    def states(self, ids: Tensor, real: Tensor, conditions: Tensor | None = None) -> Tensor:
        """The encoder's states (n, width, hidden), as T5's own; `real` (n, width) is false at the padding."""
        embedded = self._embedded(ids) + self.conditions(ids, conditions)
        return cast("Tensor", self.encoder(inputs_embeds=embedded, attention_mask=real).last_hidden_state)

    def active_slots(self, lengths: Tensor) -> Tensor:
        """Every text uses all slots, (n, slots)."""
        return all_active(lengths, self.slots)

    def features(self, z: Tensor, inputs: Tensor, conditions: Tensor | None = None) -> Tensor:
        """What the scores of the pieces after `inputs` (n, width), bos first, are read from: (n, width, embedding)."""
        embedded = self._embedded(inputs) + self.conditions(inputs, conditions)
        decoded = self.decoder(inputs_embeds=embedded, encoder_hidden_states=self._memory(z), use_cache=False)
        return cast("Tensor", decoded.last_hidden_state * self.scale)

    def start(self, z: Tensor, conditions: Tensor | None = None) -> T5State:
        """The state before the first piece."""
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        return T5State(self._memory(z), self.conditions(z, conditions), cache)

    def step(self, state: T5State, previous: Tensor, place: int) -> tuple[Tensor, T5State]:  # noqa: ARG002  (the cache knows the place)
        """Scores (n, vocab) of the piece at `place`, from the piece before it (n,); the cache is extended in place."""
        decoded = self.decoder(
            inputs_embeds=self._embedded(previous[:, None]) + state.label,
            encoder_hidden_states=state.memory,
            past_key_values=state.cache,
            use_cache=True,
        )
        return self.scores(decoded.last_hidden_state[:, 0] * self.scale), state

    def reorder(self, state: T5State, rows: Tensor) -> T5State:
        """The state with the keys and values of row `rows[n]` (n,) in row n, reordered in place."""
        state.cache.reorder_cache(rows)
        return state

    def decoder_parts(self) -> list[nn.Module]:
        """The way from z to the decoder; its layers, which it had before z, are never made anew."""
        return [self.memory]

    def _embedded(self, ids: Tensor) -> Tensor:
        return cast("Tensor", (self.input_embedding or self.embedding)(ids))

    def _memory(self, z: Tensor) -> Tensor:
        return cast("Tensor", self.memory_norm(self.memory(z) + self.slot_places))


def _t5(config: T5Config) -> T5Model:
    """T5's halves, without an embedding: what they read is embedded outside of them."""
    shape = json.loads(config.architecture)
    t5 = T5Model(Architecture(**shape, dropout_rate=config.dropout, vocab_size=1, eos_token_id=None))
    t5.encoder.embed_tokens = t5.decoder.embed_tokens = None
    return t5
