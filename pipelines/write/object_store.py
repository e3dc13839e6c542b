"""Writes objects to stores such as s3:// and gs://, where a write is atomic, and there are no folders or renames."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from apache_beam.io.filesystems import FileSystems

from pipelines.beam.s3_clients import share_s3_clients

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_MEMORY: Final = 1 << 24
"""The bytes of an object that wait in memory; those of a larger one wait in a temporary file."""

_COPIED: Final = 1 << 20
_S3: Final = "s3"


def is_object_store(path: str) -> bool:
    """Returns whether the path is in a store of objects, which Beam says is a filesystem without folders."""
    return not FileSystems.get_filesystem(path).has_dirs()


@contextmanager
def whole_object(path: str) -> Iterator[BinaryIO]:
    """Yields a local file whose bytes become the object when the block ends; nothing is written if the block raises.

    Beam's own writer would store what it has when the block raises.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as waiting:
        yield cast("BinaryIO", waiting)
        is_empty = not waiting.tell()
        if is_empty and FileSystems.get_scheme(path) == _S3:
            _put_to_s3(path, b"")  # Beam's writer cannot end an upload without parts
            return
        waiting.seek(0)
        with FileSystems.create(path) as file:
            shutil.copyfileobj(waiting, file, _COPIED)


def put_if_absent(path: str, data: bytes) -> bool:
    """Writes a small object unless there is one at the path, and returns whether it did.

    On s3:// the store itself decides (a conditional put), so of two writers at the same moment one succeeds. Elsewhere
    Beam offers no condition: the object is looked for, written and read again, and the last of two writers at the same
    moment succeeds, but the first may have read its own before.
    """
    if FileSystems.get_scheme(path) == _S3:
        return _put_to_s3(path, data, IfNoneMatch="*")
    if FileSystems.exists(path):
        return False
    with FileSystems.create(path) as file:
        file.write(data)
    with FileSystems.open(path) as file:
        return bool(file.read() == data)


def _put_to_s3(path: str, data: bytes, **conditions: str) -> bool:
    """Puts an object in one request; returns False if the conditions do not hold."""
    from apache_beam.io.aws.s3io import S3IO, parse_s3_path  # noqa: PLC0415  (the extra blogvae[aws] may be missing)
    from botocore.exceptions import ClientError  # noqa: PLC0415

    client: Any = S3IO(options=FileSystems._pipeline_options).client.client  # noqa: SLF001  (Beam hands it out nowhere)
    bucket, key = parse_s3_path(path)
    try:
        client.put_object(Bucket=bucket, Key=key, Body=data, **conditions)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"PreconditionFailed", "ConditionalRequestConflict"}:
            return False
        raise OSError(str(error)) from error
    return True


share_s3_clients()  # as this module is imported, since it is in every worker on every runner
