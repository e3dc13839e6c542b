"""Judges whether authors would put the last part of a sentence first; learned from sentences that begin with one."""

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
"""The layers whose output states are read; 0 is the input of the first. The middle ones hold most of the grammar."""

LAYER = LAYERS.index(3)
"""The index, in LAYERS, of the states that `PutFirst` reads: they show best where such a part begins."""


@dataclass(frozen=True)
class PutFirst:
    """A logistic regression on the states of the two words around a place, with weights (2 x width,).

    `pronouns` holds two log ratios for each pronoun: how much more often it occurs behind a part put first than in
    other sentences, since some pronouns are understood only with that part before them; and how much more often it
    occurs in a part put first than in a last part.
    """

    constant: float
    weights: NDArray[np.float32]
    pronouns: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __call__(self, states: NDArray[np.float32], place: int) -> float:
        """Returns the logit that authors put the part that begins at a place first; `states` are `word_states`."""
        return self.constant + float(beside(states, place) @ self.weights)


def beside(states: NDArray[np.float32], place: int) -> NDArray[np.float32]:
    """Returns the regression's input, (2 x width,): the states of the word before a place and of the word there."""
    both: NDArray[np.float32] = np.concatenate([states[place - 1, 1, LAYER], states[place, 0, LAYER]])
    return both


@torch.inference_mode()
def word_states(encoder: SentenceEncoder, words: Sequence[str]) -> NDArray[np.float32]:
    """Returns the states (words, 2, LAYERS, width) of the first and the last piece of each word.

    A word that has no piece, or lies behind the last piece that the encoder reads, has those of the nearest one before.
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
    of_words: NDArray[np.float32] = read[pieces + 1]
    return of_words
