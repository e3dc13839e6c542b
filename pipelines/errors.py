"""The errors that a user can cause or remedy, in a module that imports nothing heavy."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FileError", "UserError", "as_file_error"]


class FileError(UserError, OSError):
    """The operating system could not read or write a file, which the message names. The content is not at fault."""


@contextmanager
def as_file_error(path: str, what: str) -> Iterator[None]:
    """Turns any OSError of the block into a FileError that says that `path` cannot be `what`, and what to do.

    Args:
        path: the file or folder.
        what: a participle such as "read" or "written".

    Raises:
        FileError: the block raised an OSError.
    """
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else error  # Beam wraps some errors
        message = cause.strerror or " ".join(str(error).split()) or type(error).__name__
        remedy = "make room there" if cause.errno in _FULL else "check the disk and your access to it"
        raise FileError(f"{path} cannot be {what}: {message}; {remedy}, and give the same command again") from error


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
