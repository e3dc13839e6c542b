"""How a sentence encoder reads the words of a text: their states, for what was learned on top of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.language.sentence_encoder import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.language.sentence_encoder import SentenceEncoder

LAYERS = (0, 3, 6)
"""The states that are looked at: before the first layer, and behind these. The middle ones tell most of grammar."""


@torch.inference_mode()
def word_states(encoder: SentenceEncoder, words: Sequence[str]) -> NDArray[np.float32]:
    """States (words, 2, LAYERS, width) of the first piece of each word and of its last.

    Of a word behind the pieces that are read, and of one without a piece, those of the nearest piece before it.
    """
    ids, offsets = encoder.pieces_of(" ".join(words))
    row = torch.tensor([[encoder.begin, *ids[: LONGEST - 2], encoder.end]])
    states = encoder.bert.embedded(row, torch.arange(row.shape[1])[None])
    sees = torch.ones(row.shape, dtype=torch.bool)[:, None, None]
    all_states = [states]
    for layer in encoder.bert.layers:
        all_states.append(layer(all_states[-1], sees))
    read = torch.stack([all_states[layer][0] for layer in LAYERS], 1).float().numpy()
    starts = np.cumsum([0, *(len(word) + 1 for word in words)])
    begins = np.array([begin for begin, _ in offsets[: LONGEST - 2]])
    first = np.searchsorted(begins, starts[:-1], side="left")
    last = np.maximum(np.searchsorted(begins, starts[1:], side="left") - 1, 0)
    pieces = np.minimum(np.stack([first, last], 1), max(0, len(begins) - 1))
    found: NDArray[np.float32] = read[pieces + 1]
    return found
