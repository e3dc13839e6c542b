"""A batch of padded texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from tokenizer.tokenizer import BOS, UNK

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class TextBatch:
    """`ids` (n, width) padded with 0, `lengths` (n,) with the end marker counted, `units` pieces in all.

    `conditions` (n, labels) are label ids, 0 for none; `rows` (n,) where each text stands in its split; `inputs`
    (n, width) what an autoregressive decoder reads, the texts shifted right behind bos. A masked decoder does not see
    the pieces where `hidden` (n, width) is true, None for all, and is told how far latents were moved, `levels` (n,).
    """

    ids: Tensor
    lengths: Tensor
    units: int
    inputs: Tensor
    conditions: Tensor | None = None
    rows: Tensor | None = None
    hidden: Tensor | None = None
    levels: Tensor | None = None

    @classmethod
    def of(
        cls, ids: Tensor, lengths: Tensor, *, conditions: Tensor | None = None, rows: Tensor | None = None
    ) -> TextBatch:
        """From padded ids and their lengths."""
        inputs = functional.pad(ids[:, :-1], (1, 0), value=BOS)
        return cls(ids, lengths, int(lengths.sum()), inputs, conditions, rows)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, rows: slice) -> TextBatch:
        if rows == slice(None):
            return self
        return TextBatch.of(
            self.ids[rows],
            self.lengths[rows],
            conditions=None if self.conditions is None else self.conditions[rows],
            rows=None if self.rows is None else self.rows[rows],
        )

    def repeat(self, times: int) -> TextBatch:
        """The whole batch so many times, one after the other."""
        return TextBatch.of(
            self.ids.repeat(times, 1),
            self.lengths.repeat(times),
            conditions=None if self.conditions is None else self.conditions.repeat(times, 1),
        )

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> TextBatch:
        """The same on another device."""
        moved: dict[str, Any] = {
            name: value.to(device, non_blocking=non_blocking)
            for name, value in vars(self).items()
            if isinstance(value, torch.Tensor)
        }
        return replace(self, **moved)

    def hide_inputs(self, share: float) -> TextBatch:
        """With a share of the decoder's inputs behind unk (Bowman et al. 2016, section 3.1); bos stays."""
        if not share:
            return self
        hidden = (torch.rand(self.inputs.shape, device=self.inputs.device) < share) & (self.inputs != BOS)
        return replace(self, inputs=torch.where(hidden, UNK, self.inputs))
