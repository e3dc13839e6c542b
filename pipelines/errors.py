"""The one error a user may cause; it lives where nothing heavy is imported."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FileError", "UserError", "as_file_error"]


class FileError(UserError, OSError):
    """The system did not read or write a file: the message names it. Nothing is wrong with what is in it."""


@contextmanager
def as_file_error(path: str, what: str) -> Iterator[None]:
    """Gives what the system says in the block, `what` could not be done, the path.

    Raises:
        FileError: for any error of the system.
    """
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else error  # Beam wraps some
        told = cause.strerror or " ".join(str(error).split()) or type(error).__name__
        remedy = "make room there" if cause.errno in _FULL else "check the disk and your access to it"
        raise FileError(f"{path} cannot be {what}: {told}; {remedy}, and give the same command again") from error


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
