"""A linear layer in 8-bit integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

_LARGEST, _SMALLEST_SCALE = 127, 1e-20


class Int8Linear:
    """y = x W^T + b, x and W rounded to 8 bits, y in single precision.

    W has a scale for each output, x for each row (Dettmers et al. 2022, section 3.1: vector-wise quantization), so that
    a row does not depend on those beside it; sums of integers are exact.
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._scale = _scale(weight.detach().float())
        self._weight = _rounded(weight.detach().float(), self._scale).T
        self._scale, self._bias = self._scale[:, 0], bias.detach().float()

    def __call__(self, rows: Tensor) -> Tensor:
        """(n, outputs) of rows (n, inputs)."""
        rows = rows.float()
        scale = _scale(rows)
        product = torch._int_mm(_rounded(rows, scale), self._weight)  # noqa: SLF001  (there is no public one)
        return product.float().mul_(scale).mul_(self._scale).add_(self._bias)


def _scale(rows: Tensor) -> Tensor:
    return rows.abs().amax(-1, keepdim=True).clamp(min=_SMALLEST_SCALE) / _LARGEST


def _rounded(rows: Tensor, scale: Tensor) -> Tensor:
    return (rows / scale).round().to(torch.int8)
