"""The error for mistakes of the user, and what tells an error of the moment from them."""

from __future__ import annotations

from typing import ClassVar


class UserError(ValueError):
    """A mistake of the user. Commands print its message and exit with code 2.

    The message is one line that names what is wrong and how to correct it.
    """

    exit_code: ClassVar[int] = 2


def may_be_over(error: OSError) -> bool:
    """Returns whether the error may be over soon: a connection is lost, or a store gives no number of an error."""
    return error.errno is None or isinstance(error, ConnectionError | TimeoutError)
