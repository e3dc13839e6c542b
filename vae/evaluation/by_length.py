"""How much of a text comes back, by how long it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vae.evaluation.reconstruction import Reconstruction, reconstruction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.loaded_model import LoadedModel

PARTS = 4


@dataclass(frozen=True)
class OfLength(Reconstruction):
    """Of the `texts` of at most `pieces_up_to` pieces, end marker included, that are too long for a smaller one."""

    pieces_up_to: int
    texts: int


def by_length(model: LoadedModel, rows: Sequence[Sequence[int]], *, seed: int) -> list[OfLength]:
    """Rows of piece ids by quarters of the longest length the model takes; a quarter without texts is left out."""
    quarters: dict[int, list[Sequence[int]]] = defaultdict(list)
    ends = [-(-model.max_len * part // PARTS) for part in range(1, PARTS + 1)]
    for row in rows:
        quarters[next(end for end in ends if len(row) < end)].append(row)
    return [
        OfLength(pieces_up_to=end, texts=len(found), **vars(reconstruction(model, found, seed=seed)))
        for end, found in sorted(quarters.items())
    ]
