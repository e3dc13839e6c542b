"""A text VAE with a recurrent encoder and a recurrent decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from tokenizer.tokenizer import PAD
from vae.models.conditions import Conditions
from vae.models.head import PosteriorHead, all_active
from vae.models.prior import Prior
from vae.models.text_model import StepwiseModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.latent.gaussian import Latents
    from vae.models.configs import RecurrentConfig

LayerState = tuple[Tensor, Tensor] | Tensor
"""The state of an LSTM layer (hidden and cell) or of a GRU layer (hidden)."""


class RecurrentState(NamedTuple):
    """The state of the decoder between two pieces.

    `contexts` is what each step reads of z, `label` what all steps read of the labels, and `layers` holds the state of
    each layer. A decoder that reads the latent alone computes the `features` of all steps at the start instead.
    """

    contexts: Tensor
    label: Tensor | float
    layers: list[LayerState]
    features: Tensor | None


class RecurrentVAE(StepwiseModel):
    """A VAE whose recurrent decoder reads z at every step and in its first state.

    With one slot, z is read off the encoder's last states, and every step reads the same z (Bowman et al. 2016). With
    more, slot k is read off the run of pieces k * run to (k + 1) * run - 1, and only the steps of this run read it, so
    a segment can be rebuilt almost exactly. Slots behind the end of a text equal the prior, so the bound on the
    likelihood stays valid. No step of the text reads them, unless the decoder also reads backwards from max_len.
    """

    def __init__(self, config: RecurrentConfig, *, vocab_size: int, max_len: int, labels: Sequence[int] = ()) -> None:
        """Makes a model with new weights; `labels` are the sizes of the tables of labels.

        Raises:
            ValueError: max_len is not a multiple of the number of slots.
        """
        super().__init__()
        if max_len % config.slots:
            raise ValueError(f"max_len {max_len} is not a multiple of slots {config.slots}")
        self.config, self.vocab_size, self.max_len = config, vocab_size, max_len
        self.slots, self.dim, self.run = config.slots, config.dim, max_len // config.slots
        self.prior = Prior(config.slots, config.dim, learned=config.learned_prior)
        self.missing = nn.Parameter(torch.zeros(config.dim))
        width, one = config.embedding, config.slots == 1
        self.embedding = nn.Embedding(vocab_size, width, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        self.embedding.weight.requires_grad_(config.vectors == "learned")
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.conditions = Conditions(labels, width)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder, states = _layers(config, width, config.encoder, bidirectional=config.bidirectional)
        read = states if one else self.run * (states + width)
        self.dense = nn.Sequential(nn.Linear(read, config.dense), nn.ReLU()) if config.dense else nn.Identity()
        self.head = PosteriorHead(config.dense or read, config.dim, batch_norm=config.batch_norm)
        context = config.dense or (config.dim if one else width)
        steps = 1 if one else self.run
        same = one and not config.dense
        self.context = nn.Identity() if same else nn.Linear(config.dim, steps * context)
        alone = config.reads == "latent"
        given = context + (0 if alone and not labels else width)
        self.decoder, states = _layers(config, given, config.decoder, bidirectional=alone and config.bidirectional)
        self.first_states = nn.ModuleList(nn.Linear(config.dim, size) for size in config.decoder)
        read = states + context * config.skip
        self.to_piece = nn.Identity() if read == width else nn.Linear(read, width)

    def encode(self, ids: Tensor, lengths: Tensor, conditions: Tensor | None = None) -> Latents:
        """Returns the posteriors of n texts: `ids` (n, width <= max_len) are padded, `lengths` (n,) count eos."""
        embedded = self.dropout(self.embedding(ids) + self.conditions(ids, conditions))
        steps = torch.arange(ids.shape[1], device=ids.device)
        reversal = (lengths[:, None] - 1 - steps).clamp(min=0)
        states = embedded
        for layer in self.encoder:
            states, last = cast("_Layer", layer)(states, reversal, lengths)
        if self.slots == 1:
            return cast("Latents", self.head(self.dense(last)[:, None], all_active(ids, 1), self.prior))
        states = torch.cat([states, embedded], -1) * (steps < lengths[:, None])[..., None]
        read = functional.pad(states, (0, 0, 0, self.max_len - ids.shape[1])).reshape(len(ids), self.slots, -1)
        return cast("Latents", self.head(self.dense(read), self.active_slots(lengths), self.prior))

    def active_slots(self, lengths: Tensor) -> Tensor:
        """Returns a mask (n, slots): a slot is active where its run has a piece."""
        starts = torch.arange(self.slots, device=lengths.device) * self.run
        return starts < lengths[:, None]

    def features(self, z: Tensor, inputs: Tensor, conditions: Tensor | None = None) -> Tensor:
        """Returns the features (n, width, embedding) that give the scores of the piece after each of `inputs`.

        `inputs` (n, width) begin with bos.
        """
        alone, width = self.config.reads == "latent", inputs.shape[1]
        # Layers that read z alone may read backwards too. They begin at max_len, since the end is not known yet.
        contexts = self.contexts(z)[:, : self.max_len if alone else width]
        states = self._inputs(contexts, self.conditions(inputs, conditions), inputs)
        for place, layer in enumerate(self.decoder):
            states, _ = cast("_Layer", layer)(states, None, None, self._first_state(z, place))
        return self._output(states[:, :width], contexts[:, :width])

    def start(self, z: Tensor, conditions: Tensor | None = None) -> RecurrentState:
        """Returns the state of the decoder before the first piece."""
        label = self.conditions(z, conditions)
        if self.config.reads == "latent":
            no_pieces = torch.zeros(len(z), self.max_len, dtype=torch.long, device=z.device)
            return RecurrentState(z, label, [], self.features(z, no_pieces, conditions))
        layers = [self._first_state(z, place) for place in range(len(self.decoder))]
        return RecurrentState(self.contexts(z), label, layers, None)

    def step(self, state: RecurrentState, previous: Tensor, place: int) -> tuple[Tensor, RecurrentState]:
        """Returns the scores (n, vocab) of the piece at `place` after the pieces `previous` (n,), and the new state."""
        if state.features is not None:
            return self.scores(state.features[:, place]), state
        context = state.contexts[:, place : place + 1]
        states = self._inputs(context, state.label, previous[:, None])
        layers: list[LayerState] = []
        for layer, hidden in zip(self.decoder, state.layers, strict=True):
            states, hidden = cast("_Layer", layer).forwards(states, hidden)  # noqa: PLW2901
            layers.append(hidden)
        return self.scores(self._output(states, context)[:, 0]), state._replace(layers=layers)

    def reorder(self, state: RecurrentState, rows: Tensor) -> RecurrentState:
        """Returns the state with the layers' states of row `rows[i]` in row i; both rows must share z and labels."""
        layers: list[LayerState] = [
            (hidden[0][:, rows], hidden[1][:, rows]) if isinstance(hidden, tuple) else hidden[:, rows]
            for hidden in state.layers
        ]
        return state._replace(layers=layers)

    def contexts(self, z: Tensor) -> Tensor:
        """Returns what each of the max_len steps reads of z, (n, max_len, context)."""
        read = cast("Tensor", self.context(z))
        if self.slots == 1:
            return read.expand(-1, self.max_len, -1)
        return read.reshape(len(z), self.max_len, -1)

    def decoder_parts(self) -> list[nn.Module]:
        """Returns the modules that only the decoder uses."""
        return [self.context, self.decoder, self.first_states, self.to_piece]

    def _inputs(self, contexts: Tensor, label: Tensor | float, pieces: Tensor) -> Tensor:
        """Returns what the first layer of the decoder reads at each step."""
        if self.config.reads == "pieces":
            return torch.cat([self.dropout(self.embedding(pieces) + label), contexts], -1)
        if isinstance(label, float):
            return contexts
        return torch.cat([label.expand(-1, contexts.shape[1], -1), contexts], -1)

    def _output(self, states: Tensor, contexts: Tensor) -> Tensor:
        """Returns the features of each step, made from the states of the last layer."""
        dropped = self.dropout(states)
        read = torch.cat([dropped, contexts], -1) if self.config.skip else dropped
        return cast("Tensor", self.to_piece(read))

    def _first_state(self, z: Tensor, place: int) -> LayerState:
        """Returns the state of decoder layer `place` before the first step, made from slot 0."""
        cell = self.first_states[place](z[:, 0])[None]
        return (torch.tanh(cell), cell) if self.config.cell == "lstm" else torch.tanh(cell)


class _Layer(nn.Module):
    """A recurrent layer that reads in one direction or in both.

    Sequences are not packed: padding comes after the text, so it does not change the states of the text.
    """

    def __init__(self, cell: type[nn.LSTM | nn.GRU], width: int, hidden: int, *, bidirectional: bool) -> None:
        super().__init__()
        self.forwards = cell(width, hidden, batch_first=True)
        self.backwards = cell(width, hidden, batch_first=True) if bidirectional else None

    def forward(
        self, inputs: Tensor, reversal: Tensor | None, lengths: Tensor | None, first: LayerState | None = None
    ) -> tuple[Tensor, Tensor]:
        """Returns the states of all steps, and the last states of both directions, joined.

        Args:
            inputs: (n, length, width).
            reversal: the places of each text from its last piece to its first, (n, length); None reverses all steps.
            lengths: the number of pieces of each text, (n,); None if all have the whole length.
            first: the state before the first step; None for zeros.
        """
        states, _ = self.forwards(inputs, first)
        last = states[:, -1] if lengths is None else _take(states, (lengths - 1)[:, None])[:, 0]
        if self.backwards is None:
            return states, last
        turned = inputs.flip(1) if reversal is None else _take(inputs, reversal)
        back, _ = self.backwards(turned, first)
        last = torch.cat([last, back[:, -1] if lengths is None else _take(back, (lengths - 1)[:, None])[:, 0]], -1)
        back = back.flip(1) if reversal is None else _take(back, reversal)
        return torch.cat([states, back], -1), last


def _layers(
    config: RecurrentConfig, width: int, sizes: Sequence[int], *, bidirectional: bool
) -> tuple[nn.ModuleList, int]:
    """Makes layers of the given hidden sizes for inputs of `width`; returns them and the width of their states."""
    cell = nn.LSTM if config.cell == "lstm" else nn.GRU
    layers = nn.ModuleList()
    for size in sizes:
        layers.append(_Layer(cell, width, size, bidirectional=bidirectional))
        width = size * (2 if bidirectional else 1)
    return layers, width


def _take(states: Tensor, positions: Tensor) -> Tensor:
    """Returns the states (n, length, width) of each row at its positions (n, k), (n, k, width)."""
    return states.gather(1, positions[..., None].expand(-1, -1, states.shape[-1]))
