"""Linear layers in bfloat16 whose weights are laid out once in the order in which the processor multiplies them."""

from __future__ import annotations

from itertools import zip_longest
from typing import cast

import torch
from torch import Tensor, nn

_USUAL_ROWS = 512
"""The number of rows for which the order is chosen; any other number gives the same outputs."""

_ROWS_WITH_GELU = 192
"""Rows that are multiplied at once where a GELU follows: more than 320 take half as long again for each row."""


class PackedLinear(nn.Module):
    """Computes y = x W^T + b in bfloat16, and the GELU of y if there is one.

    PyTorch's layer lays its weights out anew in each call, and rounds y before the GELU reads it. For a hundred rows
    that takes as long as the product itself.
    """

    def __init__(self, weight: Tensor, bias: Tensor, gelu: nn.GELU | None = None) -> None:
        super().__init__()
        # PyTorch uses these operators where it compiles a model, and has no public ones.
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach().bfloat16(), _USUAL_ROWS)  # noqa: SLF001
        self._bias = bias.detach().bfloat16()
        self._gelu = gelu.approximate if gelu else ""

    def forward(self, rows: Tensor) -> Tensor:
        """Returns the outputs (..., outputs) of rows (..., inputs), in bfloat16."""
        rows = rows.bfloat16()
        if not self._gelu:
            return self._product(rows, "none", "")
        if rows.numel() <= _ROWS_WITH_GELU * rows.shape[-1]:
            return self._product(rows, "gelu", self._gelu)
        chunks = torch.split(rows.flatten(0, -2), _ROWS_WITH_GELU)
        outputs = torch.cat([self._product(chunk, "gelu", self._gelu) for chunk in chunks])
        return outputs.view(*rows.shape[:-1], -1)

    def _product(self, rows: Tensor, then: str, how: str) -> Tensor:
        product = torch.ops.mkldnn._linear_pointwise.default(rows, self._weight, self._bias, then, [], how)  # noqa: SLF001
        return cast("Tensor", product)


def pack_layers(blocks: nn.Module) -> None:
    """Replaces every linear layer in some blocks by a packed one, which also computes the GELU that stands behind it.

    The layers of a block are in the order in which it calls them.
    """
    for block in [*blocks.modules()]:
        layers = [*block.named_children()]
        for (name, layer), (next_name, next_layer) in zip_longest(layers, layers[1:], fillvalue=("", None)):
            if isinstance(layer, nn.Linear):
                gelu = next_layer if isinstance(next_layer, nn.GELU) else None
                setattr(block, name, PackedLinear(layer.weight, layer.bias, gelu))
                if gelu:
                    setattr(block, next_name, nn.Identity())
