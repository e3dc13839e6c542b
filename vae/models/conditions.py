"""Embeds the labels of a post (its category, its author) for the encoder and the decoder to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN = 0.1
"""The share of labels that is hidden in training, so that the model also learns to read texts without labels."""


class Conditions(nn.Module):
    """Embeds each label of a text and adds the embeddings up; label 0 means no label and is the zero vector."""

    def __init__(self, sizes: Sequence[int], width: int) -> None:
        """Makes one embedding table for each of `sizes`, the numbers of labels without label 0."""
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(size + 1, width, padding_idx=0) for size in sizes)

    def forward(self, rows: Tensor, conditions: Tensor | None) -> Tensor | float:
        """Returns the sum of the embeddings of the labels `conditions` (n, tables), (n, 1, width).

        A model without labels returns 0.0. If `conditions` is None, no text has a label. `rows` is any tensor with a
        row for each text; it gives their number and the device.
        """
        if not self.tables:
            return 0.0
        if conditions is None:
            conditions = torch.zeros(len(rows), len(self.tables), dtype=torch.long, device=rows.device)
        elif self.training:
            conditions = conditions * (torch.rand(conditions.shape, device=rows.device) >= HIDDEN)
        embedded = [table(conditions[:, place]) for place, table in enumerate(self.tables)]
        return torch.stack(embedded).sum(0)[:, None]
