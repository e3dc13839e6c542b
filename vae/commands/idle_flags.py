"""Flags that do nothing without another one: given all the same, they are the user's mistake."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping


class RecordedFlag(argparse.Action):
    """Stores a flag's value, and notes in the namespace's `given` that the flag was given."""

    def __call__(
        self, _parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, _option: str | None = None
    ) -> None:
        """Stores and notes."""
        setattr(namespace, self.dest, values)
        namespace.given = {*getattr(namespace, "given", ()), self.dest}


def refuse_idle_flags(args: argparse.Namespace, needs: Mapping[str, tuple[str, bool]]) -> None:
    """Checks flags against what they need.

    Args:
        args: what was given; a flag with a default of its own must be added as `RecordedFlag`.
        needs: by the flag's name in `args`, what it needs, as a user writes it, and whether that is there.

    Raises:
        UserError: a flag was given without what it needs.
    """
    given = getattr(args, "given", ())
    for name, (needed, is_there) in needs.items():
        if not is_there and (name in given or _is_set(args, name)):
            flag = f"--{name.replace('_', '-')}"
            raise UserError(f"{flag} does nothing without {needed}: give that, or leave {flag} out")


def _is_set(args: argparse.Namespace, name: str) -> bool:
    """Of a flag without a default of its own."""
    value = getattr(args, name, None)
    return value is True or (isinstance(value, list) and bool(value))
