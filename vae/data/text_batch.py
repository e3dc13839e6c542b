"""A batch of padded texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from tokenizer.tokenizer import BOS, UNK

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


@dataclass(frozen=True, eq=False)
class TextBatch:
    """A batch of n texts and what the decoder reads of them.

    Attributes:
        ids: piece ids, padded with 0, (n, width).
        lengths: pieces of each text, the end marker included, (n,).
        units: pieces of all texts together.
        inputs: what an autoregressive decoder reads, (n, width): the texts shifted to the right, bos before them.
        conditions: label ids, 0 for no label, (n, labels).
        rows: where each text stands in its split, (n,).
        hidden: the pieces that a masked decoder does not see, (n, width); None for all.
        levels: how far each latent was moved, (n,), which a masked decoder reads.
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
        """Makes a batch from padded ids (n, width) and their lengths (n,)."""
        inputs = functional.pad(ids[:, :-1], (1, 0), value=BOS)
        return cls(ids, lengths, int(lengths.sum()), inputs, conditions, rows)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, rows: slice) -> TextBatch:
        if rows == slice(None):
            return self
        taken = self._each(lambda values: values[rows])
        return replace(taken, units=int(taken.lengths.sum()))

    def repeat(self, times: int) -> TextBatch:
        """Returns the batch repeated as a whole, `times` times, without `rows`."""
        repeated = self._each(lambda values: values.repeat(times, *[1] * (values.ndim - 1)))
        return replace(repeated, units=times * self.units, rows=None)

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> TextBatch:
        """Returns the batch on another device."""
        return self._each(lambda values: values.to(device, non_blocking=non_blocking))

    def _each(self, change: Callable[[Tensor], Tensor]) -> TextBatch:
        """Returns the batch with each of its tensors changed."""
        tensors = {name: value for name, value in vars(self).items() if isinstance(value, torch.Tensor)}
        changed: dict[str, Any] = {name: change(tensor) for name, tensor in tensors.items()}
        return replace(self, **changed)

    def hide_inputs(self, share: float) -> TextBatch:
        """Returns the batch with unk in place of a random share of `inputs`, bos excepted.

        This is the word dropout of Bowman et al. 2016, section 3.1.
        """
        if not share:
            return self
        hidden = (torch.rand(self.inputs.shape, device=self.inputs.device) < share) & (self.inputs != BOS)
        return replace(self, inputs=torch.where(hidden, UNK, self.inputs))
