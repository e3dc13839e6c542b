"""Random numbers that depend on their key alone, not on workers, order, batch or device."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Key = tuple[str | int, ...]
"""Names one draw of noise, such as (seed, post, segment, try)."""


def generator(key: Key) -> np.random.Generator:
    """Returns a counter-based generator (Philox, Salmon et al. 2011) keyed by a hash of `key`."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))


def normal(shape: tuple[int, ...], *, key: Key) -> NDArray[np.float32]:
    """Draws standard normal numbers."""
    return generator((*key, "normal")).standard_normal(shape, dtype=np.float32)


def uniform(count: int, *, key: Key) -> NDArray[np.float32]:
    """Draws `count` numbers, uniform in [0, 1)."""
    return generator((*key, "uniform")).random(count, dtype=np.float32)
