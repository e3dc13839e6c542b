"""Which pieces of its texts a masked decoder does not see in training, and how far their latents are moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import EOS, PAD

if TYPE_CHECKING:
    from torch import Tensor

    from vae.data.text_batch import TextBatch

LONGEST_HIDDEN = 3
"""Words are hidden alone or in runs of up to so many."""

_SHARES = (0.05, 0.55)
"""Between these shares of a text's words are hidden."""

_WHOLE = 0.2
"""Share of texts of which all pieces are hidden, and share of texts whose latents are not moved."""


def disturbed(z: Tensor, batch: TextBatch, *, begins: Tensor, farthest: float) -> tuple[Tensor, TextBatch]:
    """z moved by Gaussian noise of a level drawn for each text, 0 to farthest, and the batch with words hidden.

    Args:
        z: latents, (n, slots, dim).
        batch: n texts.
        begins: of each piece whether it begins a word, (vocab,).
        farthest: the largest level, in standard deviations of the prior.
    """
    levels = _levels(len(z), farthest, z.device)
    moved = z + levels[:, None, None] * torch.randn_like(z)
    return moved, replace(batch, hidden=hidden_words(batch.ids, begins), levels=levels)


def hidden_words(ids: Tensor, begins: Tensor, share: float | None = None) -> Tensor:
    """True where a piece of ids (n, width) is hidden: whole words, alone or in runs of up to LONGEST.

    Of _WHOLE of the texts all pieces are hidden, the end marker too; of the others it never is.

    Args:
        ids: padded.
        begins: of each piece whether it begins a word, (vocab,).
        share: of the words, 1 for all pieces; None draws one for each text, as in training.
    """
    n, length = ids.shape
    word = begins[ids].long().cumsum(1)
    group = torch.randint(1, LONGEST_HIDDEN + 1, (n, 1), device=ids.device)
    word = (word + torch.randint(0, LONGEST_HIDDEN, (n, 1), device=ids.device)) // group
    drawn = torch.rand(n, length + LONGEST_HIDDEN, device=ids.device).gather(1, word)
    low, high = _SHARES
    shares = low + (high - low) * torch.rand(n, 1, device=ids.device)
    whole = torch.rand(n, 1, device=ids.device) < _WHOLE
    shares = torch.where(whole, 1.0, shares) if share is None else torch.full_like(shares, share)
    return ((drawn < shares) & (ids > EOS)) | ((shares >= 1) & (ids != PAD))


def _levels(n: int, farthest: float, device: torch.device) -> Tensor:
    drawn = farthest * torch.rand(n, device=device)
    return torch.where(torch.rand(n, device=device) < _WHOLE, 0.0, drawn)
