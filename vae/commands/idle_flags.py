"""Refuses flags that do nothing because another flag is missing: they are the user's mistake."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping


class RecordedFlag(argparse.Action):
    """Stores a flag's value, and adds its name to the namespace's `given`, even if the value is the default."""

    def __call__(
        self, _parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, _option: str | None = None
    ) -> None:
        """Stores the value, and records the flag as given."""
        setattr(namespace, self.dest, values)
        namespace.given = {*getattr(namespace, "given", ()), self.dest}


def refuse_idle_flags(args: argparse.Namespace, needs: Mapping[str, tuple[str, bool]]) -> None:
    """Checks that no flag was given without what it needs.

    Args:
        args: the parsed flags; a flag with a default other than None, False or [] needs `RecordedFlag` as its action.
        needs: for each flag, by its name in `args`: what it needs, as a user writes it, and whether that was given.

    Raises:
        UserError: a flag was given without what it needs.
    """
    given = getattr(args, "given", ())
    for name, (needed, is_met) in needs.items():
        if not is_met and (name in given or _is_set(args, name)):
            flag = f"--{name.replace('_', '-')}"
            raise UserError(f"{flag} does nothing without {needed}: give that, or leave {flag} out")


def _is_set(args: argparse.Namespace, name: str) -> bool:
    """Returns whether a flag that defaults to False or [] was given."""
    value = getattr(args, name, None)
    return value is True or (isinstance(value, list) and bool(value))
