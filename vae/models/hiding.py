"""Disturbs what a masked decoder reads in training: hides words of the texts, and adds noise to their latents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import EOS, PAD

if TYPE_CHECKING:
    from torch import Tensor

    from vae.data.text_batch import TextBatch

LONGEST_HIDDEN = 3
"""The largest number of consecutive words that are hidden as one run."""

_SHARES = (0.05, 0.55)
"""The bounds of the share of words that is hidden of a text; the share is drawn for each text."""

_WHOLE = 0.2
"""The share of texts of which all pieces are hidden; independently, the share of texts whose latents get no noise."""


def disturbed(z: Tensor, batch: TextBatch, *, begins: Tensor, farthest: float) -> tuple[Tensor, TextBatch]:
    """Returns z with Gaussian noise, and the batch with its hidden words and the levels of noise.

    The level of a text is the standard deviation of its noise, drawn between 0 and `farthest`.

    Args:
        z: latents, (n, slots, dim).
        batch: n texts.
        begins: true for each piece of the vocabulary that begins a word, (vocab,).
        farthest: the largest level, in standard deviations of the prior.
    """
    levels = _levels(len(z), farthest, z.device)
    moved = z + levels[:, None, None] * torch.randn_like(z)
    return moved, replace(batch, hidden=hidden_words(batch.ids, begins), levels=levels)


def hidden_words(ids: Tensor, begins: Tensor, share: float | None = None) -> Tensor:
    """Returns a mask (n, width) that is true where a piece is hidden.

    Words are hidden whole, in runs of up to `LONGEST_HIDDEN` words. The end marker is hidden only where all pieces of
    the text are.

    Args:
        ids: the pieces of n texts, padded, (n, width).
        begins: true for each piece of the vocabulary that begins a word, (vocab,).
        share: the share of words to hide, 1 for all pieces; None draws a share for each text, as in training.
    """
    n, length = ids.shape
    words = begins[ids].long().cumsum(1)
    run_length = torch.randint(1, LONGEST_HIDDEN + 1, (n, 1), device=ids.device)
    # The offset lets runs begin at any word of the text.
    runs = (words + torch.randint(0, LONGEST_HIDDEN, (n, 1), device=ids.device)) // run_length
    drawn = torch.rand(n, length + LONGEST_HIDDEN, device=ids.device).gather(1, runs)
    low, high = _SHARES
    shares = low + (high - low) * torch.rand(n, 1, device=ids.device)
    whole = torch.rand(n, 1, device=ids.device) < _WHOLE
    shares = torch.where(whole, 1.0, shares) if share is None else torch.full_like(shares, share)
    return ((drawn < shares) & (ids > EOS)) | ((shares >= 1) & (ids != PAD))


def _levels(n: int, farthest: float, device: torch.device) -> Tensor:
    """Draws the level of noise of each of n texts; it is 0 for some of them."""
    levels = farthest * torch.rand(n, device=device)
    return torch.where(torch.rand(n, device=device) < _WHOLE, 0.0, levels)
