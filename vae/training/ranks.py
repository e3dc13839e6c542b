"""The number of this process among those that train together, as torchrun sets it in the environment."""

from __future__ import annotations

import os


def rank() -> int:
    """Returns this process's number from 0 on; 0 without torchrun."""
    return int(os.environ.get("RANK", "0"))


def world_size() -> int:
    """Returns how many processes share each batch; 1 without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1"))
