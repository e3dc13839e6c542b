"""Multi-head attention whose keys and values can be cached between the steps of decoding."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional


class Cache(NamedTuple):
    """The keys and values that queries attend to, each of shape (n, heads, length, width / heads)."""

    keys: Tensor
    values: Tensor


class Attention(nn.Module):
    """Multi-head scaled dot-product attention (Vaswani et al. 2017, section 3.2)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_queries, self.to_output = nn.Linear(width, width), nn.Linear(width, width)
        self.to_cache = nn.Linear(width, 2 * width)

    def forward(self, states: Tensor, cache: Cache, *, mask: Tensor | None = None, causal: bool = False) -> Tensor:
        """Returns the attended values (n, length, width) of the queries that are read from `states`, of the same shape.

        `mask` is true where a query may attend to a key. `causal` lets each place attend to itself and earlier places.
        """
        queries = self._split(self.to_queries(states))
        if states.shape[1] == 1 and mask is None:
            # For one step, two products are up to eight times as fast on a CPU as the fused kernel.
            weights = torch.softmax(queries @ cache.keys.transpose(-1, -2) * queries.shape[-1] ** -0.5, -1)
            attended = weights @ cache.values
        else:
            attended = functional.scaled_dot_product_attention(
                queries, cache.keys, cache.values, attn_mask=mask, is_causal=causal
            )
        return cast("Tensor", self.to_output(attended.transpose(1, 2).flatten(2)))

    def cache(self, states: Tensor) -> Cache:
        """Returns the keys and values of states (n, length, width)."""
        keys, values = self.to_cache(states).chunk(2, dim=-1)
        return Cache(self._split(keys), self._split(values))

    def empty_cache(self, rows: int, length: int, like: Tensor) -> Cache:
        """Returns a cache of zeros for `rows` texts of `length` steps, on the device and of the type of `like`."""
        shape = (rows, self.heads, length, self.to_queries.in_features // self.heads)
        return Cache(like.new_zeros(shape), like.new_zeros(shape))

    def extend(self, past: Cache, state: Tensor, place: int) -> Cache:
        """Writes the keys and values of a state (n, 1, width) to `place` of `past`; returns the cache up to there."""
        new = self.cache(state)
        past.keys[:, :, place : place + 1] = new.keys
        past.values[:, :, place : place + 1] = new.values
        return Cache(past.keys[:, :, : place + 1], past.values[:, :, : place + 1])

    def _split(self, states: Tensor) -> Tensor:
        """Splits states (n, length, width) into heads, (n, heads, length, width / heads)."""
        return states.reshape(*states.shape[:2], self.heads, -1).transpose(1, 2)
