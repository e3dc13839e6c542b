"""Whether authors put the last part of a sentence first: learned from sentences that begin with such a part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.language.sentence_encoder import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from vae.language.sentence_encoder import SentenceEncoder

LAYERS = (0, 3, 6)
"""The states that are looked at: before the first layer, and behind these. The middle ones tell most of grammar."""

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


@torch.inference_mode()
def word_states(encoder: SentenceEncoder, words: Sequence[str]) -> NDArray[np.float32]:
    """States (words, 2, LAYERS, width) of the first piece of each word and of its last.

    Of a word behind the pieces that are read, and of one without a piece, those of the nearest piece before it.
    """
    ids, offsets = encoder.pieces_of(" ".join(words))
    row = torch.tensor([[encoder.begin, *ids[: LONGEST_TEXT - 2], encoder.end]])
    states = encoder.bert.embedded(row, torch.arange(row.shape[1])[None])
    sees = torch.ones(row.shape, dtype=torch.bool)[:, None, None]
    all_states = [states]
    for layer in encoder.bert.layers:
        all_states.append(layer(all_states[-1], sees))
    read = torch.stack([all_states[layer][0] for layer in LAYERS], 1).float().numpy()
    starts = np.cumsum([0, *(len(word) + 1 for word in words)])
    begins = np.array([begin for begin, _ in offsets[: LONGEST_TEXT - 2]])
    first = np.searchsorted(begins, starts[:-1], side="left")
    last = np.maximum(np.searchsorted(begins, starts[1:], side="left") - 1, 0)
    pieces = np.minimum(np.stack([first, last], 1), max(0, len(begins) - 1))
    found: NDArray[np.float32] = read[pieces + 1]
    return found
