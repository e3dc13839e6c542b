"""Whether authors put the last part of a sentence first: learned from sentences that begin with such a part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vae.variation.word_states import LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LAYER = LAYERS.index(3)
"""The states that tell best where such a part begins."""


@dataclass(frozen=True)
class PutFirst:
    """A logistic regression on the states of the words on either side of a place; weights (2 x width,).

    `pronouns`: of each two log ratios. How much more often it stands in what follows a part put first than in other
    sentences, as one does that needs that part to be understood; and in a part put first than in one that is last.
    """

    constant: float
    weights: NDArray[np.float32]
    pronouns: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __call__(self, states: NDArray[np.float32], place: int) -> float:
        """The logit of the part that begins at a place; `states` are `word_states`."""
        return self.constant + float(beside(states, place) @ self.weights)


def beside(states: NDArray[np.float32], place: int) -> NDArray[np.float32]:
    """What the regression reads, (2 x width,): the states of the word before a place and of the word there."""
    found: NDArray[np.float32] = np.concatenate([states[place - 1, 1, LAYER], states[place, 0, LAYER]])
    return found
