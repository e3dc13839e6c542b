"""A network that reads a sentence and says how well other words would stand in its places."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from vae.language.sentence_encoder import SHIPPED, SentenceEncoder
from vae.model_folder.weights import read_weights
from vae.shipped import shipped_folder
from vae.variation.branches import branches
from vae.variation.layouts import layouts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.language.bert import Bert
    from vae.variation.branches import Branches
    from vae.variation.layouts import Candidate

FOLDER = "reader"
"""Where its weights lie in the folder of the sentence encoder."""

SHARED = 3
"""Layers of the sentence encoder that it reads through; those above are its own."""

HIDDEN = 192
"""Numbers of the hidden layer that weighs a candidate's states."""


class ReaderNetwork(nn.Module):
    """Upper layers and a head: a logit of each candidate from its states and those of the words it would replace.

    Begun as the upper layers of the encoder and the cosine of the last states, which already tells much.
    """

    def __init__(self, bert: Bert) -> None:
        super().__init__()
        width, layers = bert.config.width, len(bert.layers)
        self.layers = nn.ModuleList(copy.deepcopy(layer) for layer in list(bert.layers)[SHARED:])
        self.first, self.last = nn.Linear(4 * width + layers + 1, HIDDEN), nn.Linear(HIDDEN, 1)
        self.near = nn.Linear(layers + 1, 1)
        for weight in (self.last.weight, self.last.bias, self.near.weight):
            nn.init.zeros_(weight)
        nn.init.constant_(self.near.bias, -12.0)
        with torch.no_grad():
            self.near.weight[0, -1] = 12.0

    def forward(self, states: Tensor, cosines: Tensor, read: Branches, dropout: float = 0.0) -> Tensor:
        """Logits (candidates,) of a layout from the states (length, width) and cosines that `lower` gives."""
        states, found = states[None], [cosines]
        for layer in self.layers:
            states = layer(states, read.sees[None, None], dropout)
            found.append(_cosine(states[0], read)[:, None])
        near = torch.cat(found, 1)
        old, new = read.old @ states[0], read.new @ states[0]
        told = torch.cat([new, old, (new - old).abs(), new * old, near], 1)
        hidden = functional.gelu(self.first(functional.dropout(told, dropout, self.training)))
        logits: Tensor = self.last(functional.dropout(hidden, dropout, self.training)) + self.near(near)
        return logits[:, 0]


@torch.no_grad()
def lower(bert: Bert, read: Branches) -> tuple[Tensor, Tensor]:
    """States (length, width) after the shared layers, and cosines (candidates, SHARED + 1) of old and new on the way."""
    states = bert.embedded(read.ids[None], read.places[None])
    cosines = [_cosine(states[0], read)]
    for layer in bert.layers[:SHARED]:
        states = layer(states, read.sees[None, None])
        cosines.append(_cosine(states[0], read))
    return states[0], torch.stack(cosines, 1)


class Reader:
    """How well words would stand in a text, to a network taught by what people named and judged (`train_reader`).

    `encoder` is shared with what compares sentences; `network` are the layers that are the reader's own.
    """

    def __init__(self, encoder: SentenceEncoder, network: ReaderNetwork) -> None:
        self.encoder = encoder
        self.network = network.eval().requires_grad_(requires_grad=False)

    @classmethod
    def load(cls) -> Reader:
        """The reader that ships, loaded once a process.

        Raises:
            UserError: a file is missing or not the one that ships.
        """
        return _shipped()

    @torch.inference_mode()
    def logits(self, text: str, candidates: Sequence[Candidate]) -> Tensor:
        """Logits (n,) of candidates of a text."""
        found = torch.zeros(len(candidates))
        for layout in layouts(self.encoder, text, candidates):
            read = branches(layout.ids, layout.places)
            found[list(layout.numbers)] = self.network(*lower(self.encoder.bert, read), read)
        return found


@lru_cache(maxsize=1)
def _shipped() -> Reader:
    encoder, folder = SentenceEncoder.load(), shipped_folder(SHIPPED)
    assert folder is not None
    network = ReaderNetwork(encoder.bert)
    network.load_state_dict(read_weights(folder / FOLDER))
    return Reader(encoder, network)


def _cosine(states: Tensor, read: Branches) -> Tensor:
    return functional.cosine_similarity(read.old @ states, read.new @ states)
