"""Labels of a post (category, author) as something its encoder and decoder read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN = 0.1
"""Share of labels hidden in training, so that a text without labels is nothing new."""


class Conditions(nn.Module):
    """The sum of one embedding for each label; label 0, none, is the zero vector."""

    def __init__(self, sizes: Sequence[int], width: int) -> None:
        """Args: sizes: how many labels each table has, 0 not counted."""
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(size + 1, width, padding_idx=0) for size in sizes)

    def forward(self, rows: Tensor, conditions: Tensor | None) -> Tensor | float:
        """(n, 1, width) of conditions (n, labels), None for none at all; 0 for a model without labels."""
        if not self.tables:
            return 0.0
        if conditions is None:
            conditions = torch.zeros(len(rows), len(self.tables), dtype=torch.long, device=rows.device)
        elif self.training:
            conditions = conditions * (torch.rand(conditions.shape, device=rows.device) >= HIDDEN)
        embedded = [table(conditions[:, place]) for place, table in enumerate(self.tables)]
        return torch.stack(embedded).sum(0)[:, None]
