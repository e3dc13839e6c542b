"""Turns errors of the clients of object stores into OSError, as other filesystems raise it."""

from __future__ import annotations

import errno
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ERRORS: Final = (
    ("apache_beam.io.aws.clients.s3.messages", "S3ClientError"),
    ("botocore.exceptions", "ClientError"),
    ("botocore.exceptions", "BotoCoreError"),
    ("google.api_core.exceptions", "GoogleAPIError"),
    ("google.auth.exceptions", "GoogleAuthError"),
    ("google.cloud.storage.exceptions", "InvalidResponse"),
)
_FILE_SYSTEMS: Final = (
    ("apache_beam.io.aws.s3filesystem", "S3FileSystem"),
    ("apache_beam.io.gcp.gcsfilesystem", "GCSFileSystem"),
)
_METHODS: Final = ("open", "create", "exists", "size", "last_updated")
_NUMBERS: Final = {404: errno.ENOENT, 403: errno.EACCES}


def raise_os_errors_of_stores() -> None:
    """Makes Beam's filesystems of s3:// and gs:// raise OSError where they let an error of a client through.

    Without this, an object that is missing on gs:// is no FileNotFoundError.
    """
    for file_system in _installed(_FILE_SYSTEMS):
        for name in _METHODS:
            setattr(file_system, name, store_errors()(getattr(file_system, name)))


@contextmanager
def store_errors() -> Iterator[None]:
    """Turns an error of a client in the block into an OSError, which has a number if the status of HTTP implies one.

    Raises:
        OSError: the store refused a request, or could not answer it.
    """
    try:
        yield
    except _client_errors() as error:
        number = _NUMBERS.get(_status(error))
        message = " ".join(str(getattr(error, "message", error)).split())
        raise (OSError(message) if number is None else OSError(number, message)) from error


@cache
def _client_errors() -> tuple[type[Exception], ...]:
    return tuple(_installed(_ERRORS))


def _installed(names: tuple[tuple[str, str], ...]) -> Iterator[Any]:
    """Yields the classes whose modules the extras of blogvae have installed."""
    for module, name in names:
        with suppress(ImportError):
            yield getattr(import_module(module), name)


def _status(error: Any) -> int:
    """Returns the status of HTTP that the store answered with; each client keeps it elsewhere."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return int(response["ResponseMetadata"]["HTTPStatusCode"])
    status = getattr(error, "code", None) or getattr(response, "status_code", None)
    return int(status) if status else 0
