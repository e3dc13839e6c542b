"""A setting's default and the range its value must lie in."""

from __future__ import annotations

from dataclasses import field
from typing import TypeVar

Value = TypeVar("Value", int, float, tuple[int, ...])


def bounded(default: Value, *, low: float, high: float = float("inf")) -> Value:
    """A dataclass field of settings; what is read from a file or a flag must lie in [low, high], each of a tuple."""
    made: Value = field(default=default, metadata={"low": low, "high": high})
    return made
