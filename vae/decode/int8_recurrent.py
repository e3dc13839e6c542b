"""Recurrent layers whose matrix products are of 8-bit integers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vae.decode.int8_linear import Int8Linear


class _Layer(nn.Module):
    def __init__(self, layer: nn.RNNBase) -> None:
        super().__init__()
        weight, hidden_weight, bias, hidden_bias = layer.all_weights[0]
        self._from_input, self._from_hidden = Int8Linear(weight, bias), Int8Linear(hidden_weight, hidden_bias)


class Int8LSTM(_Layer):
    """A trained LSTM layer, batch first, in one direction."""

    def forward(self, inputs: Tensor, first: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """States (n, steps, hidden) of inputs (n, steps, width), and the last state, (1, n, hidden) each."""
        hidden, cell = (state[0].float() for state in first)
        states = []
        for step in inputs.unbind(1):
            i, f, g, o = (self._from_input(step) + self._from_hidden(hidden)).chunk(4, -1)
            cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
            hidden = torch.sigmoid(o) * torch.tanh(cell)
            states.append(hidden)
        return torch.stack(states, 1).to(inputs.dtype), (hidden[None], cell[None])


class Int8GRU(_Layer):
    """A trained GRU layer, batch first, in one direction."""

    def forward(self, inputs: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        """States (n, steps, hidden) of inputs (n, steps, width), and the last state (1, n, hidden)."""
        hidden = first[0].float()
        states = []
        for step in inputs.unbind(1):
            reset, update, new = self._from_input(step).chunk(3, -1)
            own_reset, own_update, own_new = self._from_hidden(hidden).chunk(3, -1)
            kept = torch.sigmoid(update + own_update)
            hidden = kept * hidden + (1 - kept) * torch.tanh(new + torch.sigmoid(reset + own_reset) * own_new)
            states.append(hidden)
        return torch.stack(states, 1).to(inputs.dtype), hidden[None]
