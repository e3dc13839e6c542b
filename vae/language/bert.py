"""The BERT encoder (Devlin et al. 2019), as far as a small one is read with it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Mapping

EPSILON = 1e-12
"""What the original adds to a variance before it divides by its root."""


@dataclass(frozen=True, kw_only=True)
class BertConfig:
    """Sizes of a BERT: pieces it knows, places, numbers of a state and of a feed-forward layer, heads, layers."""

    vocab_size: int = 30522
    places: int = 512
    width: int = 384
    inner: int = 1536
    heads: int = 12
    layers: int = 6


class BertLayer(nn.Module):
    """One layer: attention and a feed-forward network, each added to what it read and normalised after."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.attend = nn.Linear(config.width, 3 * config.width)
        self.attended = nn.Linear(config.width, config.width)
        self.attended_norm = nn.LayerNorm(config.width, eps=EPSILON)
        self.inner = nn.Linear(config.width, config.inner)
        self.outer = nn.Linear(config.inner, config.width)
        self.outer_norm = nn.LayerNorm(config.width, eps=EPSILON)

    def forward(self, states: Tensor, sees: Tensor) -> Tensor:
        """States (n, length, width) after the layer; `sees` (n, 1, 1 or length, length) is true where one may look."""
        n, length, width = states.shape
        shape = (n, length, 3, self.heads, width // self.heads)
        query, key, value = self.attend(states).view(shape).permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(query, key, value, attn_mask=sees)
        found = self.attended(found.transpose(1, 2).reshape(n, length, width))
        states = self.attended_norm(states + found)
        found = self.outer(functional.gelu(self.inner(states)))
        after: Tensor = self.outer_norm(states + found)
        return after


class Bert(nn.Module):
    """Pieces of text to states, layer by layer."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.pieces = nn.Embedding(config.vocab_size, config.width)
        self.places = nn.Embedding(config.places, config.width)
        self.norm = nn.LayerNorm(config.width, eps=EPSILON)
        self.layers = nn.ModuleList(BertLayer(config) for _ in range(config.layers))

    def embedded(self, ids: Tensor, places: Tensor) -> Tensor:
        """States (n, length, width) of pieces at places, both (n, length), before the first layer."""
        states: Tensor = self.norm(self.pieces(ids) + self.places(places))
        return states

    def forward(self, ids: Tensor, real: Tensor) -> Tensor:
        """States (n, length, width) after the last layer of pieces (n, length) that count where `real` is true."""
        states = self.embedded(ids, torch.arange(ids.shape[1], device=ids.device).expand_as(ids))
        for layer in self.layers:
            states = layer(states, real[:, None, None])
        return states


def named_here(weights: Mapping[str, Tensor], layers: int) -> dict[str, Tensor]:
    """The weights of a BERT under the names that Hugging Face's `BertModel` gives, under those of `Bert`.

    All texts here are of one segment, so the vector of segment 0 is added to those of all places. The pooler is left
    out. Computed as in the original.
    """
    before = "embeddings."
    found = {
        "pieces.weight": weights[f"{before}word_embeddings.weight"],
        "places.weight": weights[f"{before}position_embeddings.weight"]
        + weights[f"{before}token_type_embeddings.weight"][0],
    }
    for part in ("weight", "bias"):
        found[f"norm.{part}"] = weights[f"{before}LayerNorm.{part}"]
        for k in range(layers):
            theirs, ours = f"encoder.layer.{k}.", f"layers.{k}."
            found[f"{ours}attend.{part}"] = torch.cat(
                [weights[f"{theirs}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            )
            for name, their_name in (
                ("attended", "attention.output.dense"),
                ("attended_norm", "attention.output.LayerNorm"),
                ("inner", "intermediate.dense"),
                ("outer", "output.dense"),
                ("outer_norm", "output.LayerNorm"),
            ):
                found[f"{ours}{name}.{part}"] = weights[f"{theirs}{their_name}.{part}"]
    return found
