"""Which of the processes that train together this one is, as torchrun tells it."""

from __future__ import annotations

import os


def rank() -> int:
    """Of this process; 0 where there is one."""
    return int(os.environ.get("RANK", "0"))


def world_size() -> int:
    """How many processes share each batch."""
    return int(os.environ.get("WORLD_SIZE", "1"))
