"""Decoders that multiply their large matrices in 8-bit integers."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from vae.hardware import fast_bf16

if TYPE_CHECKING:
    from torch import Tensor

    from vae.models.text_model import TextModel

_LARGEST, _SMALLEST_SCALE = 127, 1e-20


class Int8Linear:
    """Computes y = x W^T + b, with x and W rounded to 8 bits and y in single precision.

    W has one scale for each output, and x one for each row (vector-wise quantization, Dettmers et al. 2022, section
    3.1). Sums of integers are exact, so a row does not depend on the rows beside it.
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._scale = _scale(weight.detach().float())
        self._weight = _rounded(weight.detach().float(), self._scale).T
        self._scale, self._bias = self._scale[:, 0], bias.detach().float()

    def __call__(self, rows: Tensor) -> Tensor:
        """Returns the outputs (n, outputs) of rows (n, inputs)."""
        rows = rows.float()
        scale = _scale(rows)
        product = torch._int_mm(_rounded(rows, scale), self._weight)  # noqa: SLF001  (PyTorch has no public one)
        return product.float().mul_(scale).mul_(self._scale).add_(self._bias)


def _scale(rows: Tensor) -> Tensor:
    """Returns what one step of the 8-bit integers stands for in each row, (n, 1)."""
    return rows.abs().amax(-1, keepdim=True).clamp(min=_SMALLEST_SCALE) / _LARGEST


def _rounded(rows: Tensor, scale: Tensor) -> Tensor:
    return (rows / scale).round().to(torch.int8)


class _Layer(nn.Module):
    def __init__(self, layer: nn.RNNBase) -> None:
        super().__init__()
        weight, hidden_weight, bias, hidden_bias = layer.all_weights[0]
        self._from_input, self._from_hidden = Int8Linear(weight, bias), Int8Linear(hidden_weight, hidden_bias)


class Int8LSTM(_Layer):
    """A trained LSTM layer, batch first, in one direction, with its products in 8 bits."""

    def forward(self, inputs: Tensor, first: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Returns the states (n, steps, hidden) of inputs (n, steps, width), and the last hidden and cell state.

        Both last states and both of `first` have shape (1, n, hidden).
        """
        hidden, cell = (state[0].float() for state in first)
        states = []
        for step in inputs.unbind(1):
            i, f, g, o = (self._from_input(step) + self._from_hidden(hidden)).chunk(4, -1)
            cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
            hidden = torch.sigmoid(o) * torch.tanh(cell)
            states.append(hidden)
        return torch.stack(states, 1).to(inputs.dtype), (hidden[None], cell[None])


class Int8GRU(_Layer):
    """A trained GRU layer, batch first, in one direction, with its products in 8 bits."""

    def forward(self, inputs: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the states (n, steps, hidden) of inputs (n, steps, width), and the last state (1, n, hidden)."""
        hidden = first[0].float()
        states = []
        for step in inputs.unbind(1):
            reset, update, new = self._from_input(step).chunk(3, -1)
            hidden_reset, hidden_update, hidden_new = self._from_hidden(hidden).chunk(3, -1)
            kept = torch.sigmoid(update + hidden_update)
            hidden = kept * hidden + (1 - kept) * torch.tanh(new + torch.sigmoid(reset + hidden_reset) * hidden_new)
            states.append(hidden)
        return torch.stack(states, 1).to(inputs.dtype), hidden[None]


def fast_int8(device: str) -> bool:
    """Whether the processor has instructions that sum products of 8-bit integers (VNNI)."""
    return device == "cpu" and bool(torch.cpu._is_vnni_supported())  # noqa: SLF001  (PyTorch has no public one)


def int8_decoder(model: TextModel) -> TextModel:
    """Returns a copy of the model whose decoder has its output layer and its recurrent layers in 8 bits.

    The other layers are in bfloat16 where that is faster. A decoded row does not depend on the rows beside it.
    """
    copied = deepcopy(model)
    if fast_bf16("cpu"):
        copied.bfloat16()
    for name, layer in model.named_modules():
        if name.startswith("decoder.") and isinstance(layer, nn.LSTM):
            copied.set_submodule(name, Int8LSTM(layer))
        elif name.startswith("decoder.") and isinstance(layer, nn.GRU):
            copied.set_submodule(name, Int8GRU(layer))
    # This replaces the method `scores` alone: its weights are also the embedding's, which keeps its precision.
    copied.scores = Int8Linear(model.embedding.weight, model.bias)  # type: ignore[assignment]
    return copied
