"""The errors that a user can cause or remedy, in a module that imports nothing heavy."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vae.errors import UserError, may_be_over

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FileError", "TemporaryFileError", "UserError", "as_file_error", "unusable"]


class FileError(UserError, OSError):
    """The operating system could not read or write a file, which the message names. The content is not at fault."""


class TemporaryFileError(FileError):
    """The same, by an error that may be over soon. The exit code is 1, with which schedulers try again."""

    exit_code = 1


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
        cause = _cause(error)
        message = cause.strerror or " ".join(str(error).split()) or type(error).__name__
        remedy = "make room there" if cause.errno in _FULL else "check the disk and your access to it"
        kind = TemporaryFileError if may_be_over(cause) else FileError
        raise kind(f"{path} cannot be {what}: {message}; {remedy}, and give the same command again") from error


def unusable(message: str, error: Exception) -> UserError:
    """Returns the error with this message for a file that could not be read or understood.

    It is a TemporaryFileError if the cause may be over soon.
    """
    is_temporary = isinstance(error, OSError) and may_be_over(_cause(error))
    return TemporaryFileError(message) if is_temporary else UserError(message)


def _cause(error: OSError) -> OSError:
    """Returns the error of the system, since Beam wraps some in errors of its own."""
    wrapped = [*error.args[:1], *(getattr(error, "exception_details", None) or {}).values()]
    return next((inner for inner in wrapped if isinstance(inner, OSError)), error)


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
