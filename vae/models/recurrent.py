"""A recurrent text VAE whose latent is `slots` Gaussian variables, each of size `dim`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from tokenizer.tokenizer import PAD
from vae.latent.gaussian import Latents

if TYPE_CHECKING:
    from vae.settings import ModelSettings

State = tuple[Tensor, Tensor]


class RecurrentVAE(nn.Module):
    """Bidirectional encoder, Gaussian slots, recurrent decoder that reads z at every step and in its first state.

    With one slot, z is read off the encoder's two last states and every step sees the same z (Bowman et al. 2016).
    With more, slot k is read off the run of pieces k * run .. (k + 1) * run - 1 and written back to these steps
    alone, so a segment can be rebuilt almost exactly. A step never reads a slot behind the end of its text, and
    such slots equal the prior, so the bound on the likelihood stays a bound.
    """

    def __init__(self, settings: ModelSettings, *, vocab_size: int, max_len: int) -> None:
        super().__init__()
        if max_len % settings.slots:
            raise ValueError(f"max_len {max_len} is not a multiple of slots {settings.slots}")
        self.settings, self.vocab_size, self.max_len = settings, vocab_size, max_len
        self.run = max_len // settings.slots
        width, hidden, dim = settings.embedding, settings.hidden, settings.dim
        cell = nn.LSTM if settings.cell == "lstm" else nn.GRU
        self.embedding = nn.Embedding(vocab_size, width, padding_idx=PAD)
        self.forwards = cell(width, hidden, batch_first=True)
        self.backwards = cell(width, hidden, batch_first=True)
        read = 2 * hidden if settings.slots == 1 else self.run * (2 * hidden + width)
        self.posterior = nn.Linear(read, 2 * dim)
        self.context = nn.Linear(dim, width if settings.slots == 1 else self.run * width)
        self.first_state = nn.Linear(dim, hidden)
        self.decoder = cell(2 * width, hidden, batch_first=True)
        self.to_piece = nn.Linear(hidden + width, width)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.dropout = nn.Dropout(settings.dropout)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)

    def encode(self, ids: Tensor, lengths: Tensor) -> Latents:
        """Posteriors of texts `ids` (n, width <= max_len, eos included, padded) of `lengths` (n,)."""
        embedded = self.dropout(self.embedding(ids))
        steps = torch.arange(ids.shape[1], device=ids.device)
        backwards = (lengths[:, None] - 1 - steps).clamp(min=0)
        forward_states, _ = self.forwards(embedded)
        backward_states, _ = self.backwards(_take(embedded, backwards))
        if self.settings.slots == 1:
            last = (lengths - 1)[:, None]
            read = torch.cat([_take(forward_states, last), _take(backward_states, last)], -1)
            active = torch.ones_like(last, dtype=torch.bool)
        else:
            states = torch.cat([forward_states, _take(backward_states, backwards), embedded], -1)
            states = states * (steps < lengths[:, None])[..., None]
            missing = self.max_len - ids.shape[1]
            read = functional.pad(states, (0, 0, 0, missing)).reshape(len(ids), self.settings.slots, -1)
            starts = torch.arange(self.settings.slots, device=ids.device) * self.run
            active = starts < lengths[:, None]
        mean, log_var = self.posterior(read).float().chunk(2, dim=-1)
        keep = active[..., None]
        return Latents(mean * keep, log_var.clamp(-12.0, 4.0) * keep)

    def logits(self, z: Tensor, inputs: Tensor) -> Tensor:
        """Teacher-forced scores (n, width, vocab) of the pieces that follow `inputs` (n, width), bos first."""
        return self.scores(self.features(z, inputs))

    def features(self, z: Tensor, inputs: Tensor) -> Tensor:
        """What the scores are read from, (n, width, embedding): lets a loss skip the padding's share of scores."""
        context = self.contexts(z)[:, : inputs.shape[1]]
        embedded = self.dropout(self.embedding(inputs))
        states, _ = self.decoder(torch.cat([embedded, context], -1), self.start(z))
        return cast("Tensor", self.to_piece(torch.cat([self.dropout(states), context], -1)))

    def scores(self, features: Tensor) -> Tensor:
        """Unnormalised log probabilities (..., vocab); the embedding is tied."""
        return functional.linear(features, self.embedding.weight, self.bias)

    def start(self, z: Tensor) -> State | Tensor:
        """The decoder's first state, from the first slot."""
        hidden = torch.tanh(self.first_state(z[:, 0]))[None]
        return (hidden, hidden) if self.settings.cell == "lstm" else hidden

    def step(self, context: Tensor, previous: Tensor, state: State | Tensor) -> tuple[Tensor, State | Tensor]:
        """Scores (n, vocab) of the next piece from one step's context (n, embedding), and the new state."""
        inputs = torch.cat([self.embedding(previous), context], -1)[:, None]
        states, state = self.decoder(inputs, state)
        return self.scores(self.to_piece(torch.cat([states[:, 0], context], -1))), state

    def contexts(self, z: Tensor) -> Tensor:
        """What each of max_len steps reads of z, (n, max_len, embedding)."""
        if self.settings.slots == 1:
            return cast("Tensor", self.context(z)).expand(-1, self.max_len, -1)
        return cast("Tensor", self.context(z)).reshape(len(z), self.max_len, -1)


def _take(states: Tensor, positions: Tensor) -> Tensor:
    return states.gather(1, positions[..., None].expand(-1, -1, states.shape[-1]))
