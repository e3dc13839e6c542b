"""A batch of arrays of one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from typing_extensions import Self


@dataclass(frozen=True, eq=False)
class ArrayBatch:
    """`values` (n, ...) in [0, 1]; the loss is a mean over examples."""

    values: Tensor

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: slice | Tensor) -> Self:
        return type(self)(self.values[rows])

    def repeat(self, times: int) -> Self:
        """The whole batch so many times, one after the other."""
        return type(self)(self.values.repeat(times, *[1] * (self.values.ndim - 1)))

    @property
    def units(self) -> int:
        """What the loss is a mean over: the examples."""
        return len(self.values)

    def hide_inputs(self, _share: float) -> Self:
        """The same: the decoder reads z alone."""
        return self

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> Self:
        """The same on another device."""
        return type(self)(self.values.to(device, non_blocking=non_blocking))
