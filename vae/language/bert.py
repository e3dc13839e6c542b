"""The BERT encoder (Devlin et al. 2019), for inference on texts of one segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Mapping

EPSILON = 1e-12
"""Added to a variance before its square root is taken, as in the original."""


@dataclass(frozen=True, kw_only=True)
class BertConfig:
    """The sizes of a BERT; the defaults are those of all-MiniLM-L6-v2.

    `vocab_size`: pieces in the vocabulary; `places`: the longest text in pieces; `width`: numbers in a state; `inner`:
    numbers inside a feed-forward network; `heads`: attention heads of a layer; `layers`: layers.
    """

    vocab_size: int = 30522
    places: int = 512
    width: int = 384
    inner: int = 1536
    heads: int = 12
    layers: int = 6


class BertLayer(nn.Module):
    """One layer: attention, then a feed-forward network, each with a residual and a normalisation after it."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.attend = nn.Linear(config.width, 3 * config.width)
        self.attended = nn.Linear(config.width, config.width)
        self.attended_norm = nn.LayerNorm(config.width, eps=EPSILON)
        self.inner = nn.Linear(config.width, config.inner)
        self.gelu = nn.GELU()
        self.outer = nn.Linear(config.inner, config.width)
        self.outer_norm = nn.LayerNorm(config.width, eps=EPSILON)

    def forward(self, states: Tensor, visible: Tensor) -> Tensor:
        """Returns the states (n, length, width) after the layer.

        `visible` (n, 1, 1 or length, length) is true where a place may attend to another.
        """
        n, length, width = states.shape
        shape = (n, length, 3, self.heads, width // self.heads)
        query, key, value = self.attend(states).view(shape).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=visible)
        mixed = self.attended(mixed.transpose(1, 2).reshape(n, length, width))
        states = self.attended_norm(states + mixed)
        update = self.outer(self.gelu(self.inner(states)))
        after: Tensor = self.outer_norm(states + update)
        return after


class Bert(nn.Module):
    """Turns the pieces of a text into one state for each piece."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.pieces = nn.Embedding(config.vocab_size, config.width)
        self.places = nn.Embedding(config.places, config.width)
        self.norm = nn.LayerNorm(config.width, eps=EPSILON)
        self.layers = nn.ModuleList(BertLayer(config) for _ in range(config.layers))

    def embedded(self, ids: Tensor, places: Tensor) -> Tensor:
        """Returns the states (n, length, width) before the first layer; `ids` and `places` are (n, length)."""
        states: Tensor = self.norm(self.pieces(ids) + self.places(places))
        return states

    def forward(self, ids: Tensor, real: Tensor) -> Tensor:
        """Returns the states (n, length, width) after the last layer.

        `ids` (n, length) are the pieces; `real` (n, length) is false at padding, which nothing attends to.
        """
        states = self.embedded(ids, torch.arange(ids.shape[1], device=ids.device).expand_as(ids))
        for layer in self.layers:
            states = layer(states, real[:, None, None])
        return states


def bert_weights(weights: Mapping[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Returns weights for `Bert`, renamed from the weights of Hugging Face's `BertModel`.

    All texts here have one segment, so the vector of segment 0 is added to the vectors of all places; the states stay
    those of the original. The pooler is left out.
    """
    before = "embeddings."
    renamed = {
        "pieces.weight": weights[f"{before}word_embeddings.weight"],
        "places.weight": weights[f"{before}position_embeddings.weight"]
        + weights[f"{before}token_type_embeddings.weight"][0],
    }
    for part in ("weight", "bias"):
        renamed[f"norm.{part}"] = weights[f"{before}LayerNorm.{part}"]
        for k in range(layers):
            theirs, ours = f"encoder.layer.{k}.", f"layers.{k}."
            renamed[f"{ours}attend.{part}"] = torch.cat(
                [weights[f"{theirs}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            )
            for name, their_name in (
                ("attended", "attention.output.dense"),
                ("attended_norm", "attention.output.LayerNorm"),
                ("inner", "intermediate.dense"),
                ("outer", "output.dense"),
                ("outer_norm", "output.LayerNorm"),
            ):
                renamed[f"{ours}{name}.{part}"] = weights[f"{theirs}{their_name}.{part}"]
    return renamed
