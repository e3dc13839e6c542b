"""How near other words come to those that stand in a text, as a sentence encoder reads both there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from vae.variation.branches import branches
from vae.variation.layouts import layouts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.language.bert import Bert
    from vae.language.sentence_encoder import SentenceEncoder
    from vae.variation.branches import Branches
    from vae.variation.layouts import Candidate

LAYERS = 6
"""Layers of the encoder."""

COLUMNS = (*(f"near {layer}" for layer in range(LAYERS + 1)), "rarer", "more pieces")
"""What `read` tells of a candidate.

The cosine of the states of old and new words, before the first layer and after each; how much rarer the new are (the
difference of the mean log of their pieces' ids, which WordPiece gives by falling frequency); how many more pieces they
are."""


@torch.inference_mode()
def read(encoder: SentenceEncoder, text: str, candidates: Sequence[Candidate]) -> Tensor:
    """What the encoder tells of each candidate, (n, COLUMNS).

    Each is read as a branch of the text (`branches`): in one pass with many others, the old words in sight.
    """
    found = torch.zeros(len(candidates), len(COLUMNS))
    for layout in layouts(encoder, text, candidates):
        layout_read = branches(layout.ids, layout.places)
        counted = [
            (_rarity(new) - _rarity(layout.ids[place.start : place.end]), len(new) - (place.end - place.start))
            for place in layout.places
            for new in place.new
        ]
        found[list(layout.numbers)] = torch.cat([_cosines(encoder.bert, layout_read), torch.tensor(counted)], 1)
    return found


def _cosines(bert: Bert, read: Branches) -> Tensor:
    """Cosines (candidates, layers + 1) of the mean states of old and new words."""
    states = bert.embedded(read.ids[None], read.places[None])
    found = [functional.cosine_similarity(read.old @ states[0], read.new @ states[0])]
    for layer in bert.layers:
        states = layer(states, read.sees[None, None])
        found.append(functional.cosine_similarity(read.old @ states[0], read.new @ states[0]))
    return torch.stack(found, 1)


def _rarity(pieces: Sequence[int]) -> float:
    return sum(math.log(piece + 1) for piece in pieces) / len(pieces)
