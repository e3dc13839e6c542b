"""Texts that owe nothing to a post."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from vae.latent.gaussian import Latents


def from_prior(_latents: Latents, _noise: Tensor, _radius: Tensor, toward: Tensor) -> Tensor:
    """`toward`, a draw from the prior."""
    return toward
