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
    """A batch of examples: `values` (n, ...) in [0, 1]. The loss is a mean over examples."""

    values: Tensor

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: slice | Tensor) -> Self:
        return type(self)(self.values[rows])

    def repeat(self, times: int) -> Self:
        """Returns the batch repeated as a whole, `times` times."""
        return type(self)(self.values.repeat(times, *[1] * (self.values.ndim - 1)))

    @property
    def units(self) -> int:
        """The number of examples, which the loss is a mean over."""
        return len(self.values)

    def hide_inputs(self, _share: float) -> Self:
        """Returns the batch itself: the decoder reads z alone, so there are no inputs to hide."""
        return self

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> Self:
        """Returns the batch on another device."""
        return type(self)(self.values.to(device, non_blocking=non_blocking))
