"""Multi-head attention with keys and values that can be kept."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional


class Cache(NamedTuple):
    """Keys and values, (n, heads, length, width / heads) each."""

    keys: Tensor
    values: Tensor


class Attention(nn.Module):
    """Scaled dot-product attention (Vaswani et al. 2017, section 3.2)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_queries, self.to_output = nn.Linear(width, width), nn.Linear(width, width)
        self.to_cache = nn.Linear(width, 2 * width)

    def forward(self, states: Tensor, cache: Cache, *, mask: Tensor | None = None, causal: bool = False) -> Tensor:
        """What each state (n, length, width) finds in the cache; `mask` is true where it may look."""
        queries = self._split(self.to_queries(states))
        if states.shape[1] == 1 and mask is None:
            # One step: two products; the fused kernel takes one to eight times as long on a CPU.
            shares = torch.softmax(queries @ cache.keys.transpose(-1, -2) * queries.shape[-1] ** -0.5, -1)
            found = shares @ cache.values
        else:
            found = functional.scaled_dot_product_attention(
                queries, cache.keys, cache.values, attn_mask=mask, is_causal=causal
            )
        return cast("Tensor", self.to_output(found.transpose(1, 2).flatten(2)))

    def cache(self, states: Tensor) -> Cache:
        """Keys and values of states (n, length, width)."""
        keys, values = self.to_cache(states).chunk(2, dim=-1)
        return Cache(self._split(keys), self._split(values))

    def empty_cache(self, rows: int, length: int, like: Tensor) -> Cache:
        """Room for `length` steps."""
        shape = (rows, self.heads, length, self.to_queries.in_features // self.heads)
        return Cache(like.new_zeros(shape), like.new_zeros(shape))

    def extend(self, past: Cache, state: Tensor, place: int) -> Cache:
        """The cache up to and with one more state (n, 1, width), written to its place."""
        new = self.cache(state)
        past.keys[:, :, place : place + 1] = new.keys
        past.values[:, :, place : place + 1] = new.values
        return Cache(past.keys[:, :, : place + 1], past.values[:, :, : place + 1])

    def _split(self, states: Tensor) -> Tensor:
        return states.reshape(*states.shape[:2], self.heads, -1).transpose(1, 2)
