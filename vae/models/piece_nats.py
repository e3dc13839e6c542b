"""Computes the cross-entropy of pieces without keeping a copy of all scores in single precision."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

_ROWS = 2048
"""The number of rows whose log probabilities are held in single precision at a time."""


def piece_nats(features: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """Returns -log softmax(features @ weight.T + bias)[targets] of each row, (n,), in nats and single precision.

    The result is that of `cross_entropy` after a linear layer, but only the scores are kept for the backward pass, in
    the precision of autocast: 8,000 scores for each piece are most of what training a small model writes to memory.

    Args:
        features: what the decoder computed for each place, (n, width).
        weight: the weights of the output layer, (vocab, width).
        bias: the biases of the output layer, (vocab,).
        targets: the id of the right piece of each row, (n,).
    """
    nats: Tensor = _PieceNats.apply(features, weight, bias, targets)  # type: ignore[no-untyped-call]
    return nats


class _PieceNats(torch.autograd.Function):
    """The forward and backward passes of `piece_nats`; both work on `_ROWS` rows at a time."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
        kind = features.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else features.dtype
        low, low_weight, low_bias = features.to(dtype), weight.to(dtype), bias.to(dtype)
        scores, nats = [], []
        for rows, wanted in zip(torch.split(low, _ROWS), torch.split(targets, _ROWS), strict=True):
            chunk = torch.addmm(low_bias, rows, low_weight.T)
            exact = torch.promote_types(dtype, torch.float32)
            nats.append(-torch.log_softmax(chunk, -1, dtype=exact).gather(1, wanted[:, None])[:, 0])
            if any(ctx.needs_input_grad):
                scores.append(chunk)
        ctx.scores, ctx.dtypes = scores, (features.dtype, weight.dtype, bias.dtype)
        ctx.save_for_backward(low, low_weight, targets)
        return torch.cat(nats)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        features, weight, targets = ctx.saved_tensors
        to_features = torch.empty_like(features)
        to_weight = torch.zeros_like(weight, dtype=ctx.dtypes[1])
        to_bias = torch.zeros(len(weight), dtype=ctx.dtypes[2], device=weight.device)
        start = 0
        for scores in ctx.scores:
            rows = slice(start, start + len(scores))
            part = torch.softmax(scores, -1)
            part[torch.arange(len(part), device=part.device), targets[rows]] -= 1.0
            part *= upstream[rows, None].to(part.dtype)
            to_bias += part.sum(0)
            to_features[rows] = part @ weight
            to_weight += part.T @ features[rows]
            start = rows.stop
        return to_features.to(ctx.dtypes[0]), to_weight, to_bias, None
