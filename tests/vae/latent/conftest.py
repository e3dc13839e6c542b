"""The arguments of a strategy's step: posteriors of three segments, noise, and `toward`."""

from __future__ import annotations

import pytest
import torch

from vae.latent.gaussian import Latents

SHAPE = (3, 5, 4)


def draw(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="package")
def posteriors() -> Latents:
    return Latents(draw(0), draw(1))


@pytest.fixture(scope="package")
def noise() -> torch.Tensor:
    return draw(2)


@pytest.fixture(scope="package")
def toward() -> torch.Tensor:
    """Latents whose root mean square is 0.6."""
    drawn = draw(3)
    return 0.6 * drawn / drawn.square().mean((1, 2), keepdim=True).sqrt()
