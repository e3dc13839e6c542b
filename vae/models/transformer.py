"""A text VAE with a transformer encoder, and a transformer decoder that attends to the slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from tokenizer.tokenizer import PAD
from vae.models.attention import Attention, Cache
from vae.models.conditions import Conditions
from vae.models.head import PosteriorHead, all_active
from vae.models.prior import Prior
from vae.models.text_model import StepwiseModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.latent.gaussian import Latents
    from vae.models.configs import TransformerConfig


class TransformerState(NamedTuple):
    """The state of the decoder between two pieces.

    `contexts` (n, max_len, width) is added to the inputs of the steps. `own` are the cached keys and values of the
    pieces before, and `slots` those of the slots, for each layer.
    """

    contexts: Tensor
    own: list[Cache]
    slots: list[Cache]


class TransformerVAE(StepwiseModel):
    """A VAE with a pre-norm encoder and decoder; the decoder attends to the slots in every layer.

    With `read` = `runs`, slot 0 stands for the whole text and slot k for the pieces (k - 1) * run to k * run - 1. Slot
    k is added to the inputs of the decoder's steps of its run. A slot behind the end of a text equals the prior. With
    `queries`, a learned query reads each slot off the whole text (as in Lovelace et al. 2023, section 4.1), and all
    slots are added to the input of every step.
    """

    compiles = ("encode", "features")

    def __init__(self, config: TransformerConfig, *, vocab_size: int, max_len: int, labels: Sequence[int] = ()) -> None:
        """Makes a model with new weights; `labels` are the sizes of the tables of labels.

        Raises:
            ValueError: heads do not divide the width, or the number of runs does not divide max_len.
        """
        super().__init__()
        runs = config.slots - 1 if config.read == "runs" else 0
        if config.width % config.heads:
            raise ValueError(f"width {config.width} is not a multiple of heads {config.heads}")
        if config.read == "runs" and (runs < 1 or max_len % runs):
            raise ValueError(f"max_len {max_len} is not a multiple of slots - 1 = {runs}")
        self.config, self.vocab_size, self.max_len = config, vocab_size, max_len
        self.slots, self.dim, self.run = config.slots, config.dim, max_len // runs if runs else 0
        self.prior = Prior(config.slots, config.dim, learned=config.learned_prior)
        self.missing = nn.Parameter(torch.zeros(config.dim))
        width = config.width
        self.embedding = nn.Embedding(vocab_size, width, padding_idx=PAD)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.conditions = Conditions(labels, width)
        self.dropout = nn.Dropout(config.dropout)
        self.places = nn.Parameter(torch.zeros(max_len, width))
        self.encoder = nn.ModuleList(TransformerBlock(config) for _ in range(config.encoder_layers))
        self.encoder_norm = nn.LayerNorm(width)
        if runs:
            self.pool = nn.Linear(self.run * width, width)
        else:
            self.queries = nn.Parameter(torch.zeros(config.slots, width))
            self.reader = Attention(width, config.heads)
        self.head = PosteriorHead(width, config.dim, batch_norm=config.batch_norm)
        self.context = nn.Linear(config.dim, self.run * width) if runs else nn.Linear(config.slots * config.dim, width)
        self.whole = nn.Linear(config.dim, width) if runs else None
        self.memory = nn.Linear(config.dim, width)
        self.slot_places = nn.Parameter(torch.zeros(config.slots, width))
        self.decoder_places = nn.Parameter(torch.zeros(max_len, width))
        self.decoder = nn.ModuleList(TransformerBlock(config, crossed=True) for _ in range(config.decoder_layers))
        self.decoder_norm = nn.LayerNorm(width)
        self._initialise()

    def encode(self, ids: Tensor, lengths: Tensor, conditions: Tensor | None = None) -> Latents:
        """Returns the posteriors of n texts: `ids` (n, width <= max_len) are padded, `lengths` (n,) count eos."""
        real = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        states = self._scaled(ids) + self.places[: ids.shape[1]] + self.conditions(ids, conditions)
        states = self.dropout(states)
        for block in self.encoder:
            states = block(states, mask=real[:, None, None])
        states = self.encoder_norm(states) * real[..., None]
        if self.run:
            whole = states.sum(1, keepdim=True) / lengths[:, None, None]
            padded = functional.pad(states, (0, 0, 0, self.max_len - ids.shape[1]))
            runs = self.pool(padded.reshape(len(ids), self.slots - 1, -1))
            read = torch.cat([whole, runs], 1)
        else:
            queries = self.queries.expand(len(ids), -1, -1)
            read = self.reader(queries, self.reader.cache(states), mask=real[:, None, None])
        return cast("Latents", self.head(read, self.active_slots(lengths), self.prior))

    def active_slots(self, lengths: Tensor) -> Tensor:
        """Returns a mask (n, slots): the slot of a run is active where the run has a piece, every other slot always."""
        if not self.run:
            return all_active(lengths, self.slots)
        starts = (torch.arange(self.slots, device=lengths.device) - 1) * self.run
        return starts < lengths[:, None]

    def features(self, z: Tensor, inputs: Tensor, conditions: Tensor | None = None) -> Tensor:
        """Returns the features (n, width, embedding) that give the scores of the piece after each of `inputs`.

        `inputs` (n, width) begin with bos.
        """
        width = inputs.shape[1]
        states = self._scaled(inputs) + self._contexts(z, self.conditions(inputs, conditions))[:, :width]
        states = self.dropout(states)
        memory = self._memory(z)
        for block in self.decoder:
            states = block(states, causal=True, slots=cast("Attention", block.cross).cache(memory))
        return cast("Tensor", self.decoder_norm(states))

    def start(self, z: Tensor, conditions: Tensor | None = None) -> TransformerState:
        """Returns the state before the first piece: empty caches, and the keys and values of the slots."""
        memory = self._memory(z)
        blocks = [cast("TransformerBlock", block) for block in self.decoder]
        own = [block.attention.empty_cache(len(z), self.max_len, memory) for block in blocks]
        slots = [cast("Attention", block.cross).cache(memory) for block in blocks]
        return TransformerState(self._contexts(z, self.conditions(z, conditions)), own, slots)

    def step(self, state: TransformerState, previous: Tensor, place: int) -> tuple[Tensor, TransformerState]:
        """Returns the scores (n, vocab) of the piece at `place` after the pieces `previous` (n,), and the state.

        The caches of the state are filled in place.
        """
        states = self._scaled(previous[:, None]) + state.contexts[:, place : place + 1]
        for block, own, slots in zip(self.decoder, state.own, state.slots, strict=True):
            states = block(states, past=own, place=place, slots=slots)
        return self.scores(self.decoder_norm(states)[:, 0]), state

    def reorder(self, state: TransformerState, rows: Tensor) -> TransformerState:
        """Returns the state with the cached pieces of row `rows[i]` in row i; both rows must share z and labels."""
        return state._replace(own=[Cache(past.keys[rows], past.values[rows]) for past in state.own])

    def decoder_parts(self) -> list[nn.Module]:
        """Returns the modules that only the decoder uses."""
        return [self.context, self.memory, self.decoder, self.decoder_norm, *([self.whole] if self.whole else [])]

    def _scaled(self, ids: Tensor) -> Tensor:
        """Returns the embeddings of the pieces, scaled to a variance of 1 at the start of training."""
        return cast("Tensor", self.embedding(ids) * self.config.width**0.5)

    def _contexts(self, z: Tensor, label: Tensor | float) -> Tensor:
        """Returns what is added to the input of each of the max_len steps, (n, max_len, width)."""
        if self.whole is None:
            return cast("Tensor", self.context(z.flatten(1))[:, None] + self.decoder_places + label)
        runs = self.context(z[:, 1:]).reshape(len(z), self.max_len, -1)
        return cast("Tensor", runs + self.whole(z[:, :1]) + self.decoder_places + label)

    def _memory(self, z: Tensor) -> Tensor:
        """Returns the states of the slots that the decoder attends to, (n, slots, width)."""
        return cast("Tensor", self.memory(z) + self.slot_places)

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=module.in_features**-0.5)
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.embedding.weight, std=self.config.width**-0.5)
        self.embedding.weight.requires_grad_(self.config.vectors == "learned")
        for name, weight in self.named_parameters():
            if name in {"places", "decoder_places", "slot_places", "queries"}:
                nn.init.normal_(weight, std=0.5)


class TransformerBlock(nn.Module):
    """A pre-norm block: attention to its own sequence, to the slots if `crossed`, then a feedforward."""

    def __init__(self, config: TransformerConfig, *, crossed: bool = False) -> None:
        super().__init__()
        width = config.width
        self.attention, self.attention_norm = Attention(width, config.heads), nn.LayerNorm(width)
        self.cross = Attention(width, config.heads) if crossed else None
        self.cross_norm = nn.LayerNorm(width) if crossed else None
        self.feedforward = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.feedforward_norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self,
        states: Tensor,
        *,
        mask: Tensor | None = None,
        causal: bool = False,
        past: Cache | None = None,
        place: int = 0,
        slots: Cache | None = None,
    ) -> Tensor:
        """Returns the new states, (n, length, width).

        With `past`, the states are those of one step, and their keys and values are written to `place` of this cache.
        """
        normed = self.attention_norm(states)
        own = self.attention.cache(normed) if past is None else self.attention.extend(past, normed, place)
        states = states + self.dropout(self.attention(normed, own, mask=mask, causal=causal))
        if self.cross is not None and self.cross_norm is not None and slots is not None:
            states = states + self.dropout(self.cross(self.cross_norm(states), slots))
        return cast("Tensor", states + self.dropout(self.feedforward(self.feedforward_norm(states))))
