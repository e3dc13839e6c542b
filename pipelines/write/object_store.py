"""Writes objects to stores such as s3:// and gs://, where a write is atomic, and there are no folders or renames."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from apache_beam.io.filesystems import FileSystems

from pipelines.beam.s3_clients import share_s3_clients
from pipelines.beam.store_errors import raise_os_errors_of_stores, store_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
        waiting.seek(0)
        with store_errors():
            if is_empty and FileSystems.get_scheme(path) == _S3:
                _s3_client().put_object(**_s3_place(path), Body=b"")  # Beam's writer cannot end an upload without parts
                return
            with FileSystems.create(path) as file:
                shutil.copyfileobj(waiting, file, _COPIED)


def put_if_absent(path: str, data: bytes) -> bool:
    """Writes a small object unless there is one at the path, and returns whether it did.

    On s3:// and gs:// the store itself decides (a conditional put), so of two writers at the same moment one succeeds.
    Elsewhere Beam offers no condition: the object is looked for, written and read again, and the last of two writers at
    the same moment succeeds, but the first may have read its own before.
    """
    if FileSystems.exists(path):
        return False
    if put := _CONDITIONAL_PUTS.get(FileSystems.get_scheme(path)):
        return put(path, data)
    with FileSystems.create(path) as file:
        file.write(data)
    with FileSystems.open(path) as file:
        return bool(file.read() == data)


def _put_to_s3(path: str, data: bytes) -> bool:
    """Puts an object unless there is one, and returns whether it did."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  (the extra blogvae[aws] may be missing)

    with store_errors():
        try:
            _s3_client().put_object(**_s3_place(path), Body=data, IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] in {"PreconditionFailed", "ConditionalRequestConflict"}:
                return False
            raise
    return True


def _s3_client() -> Any:
    from apache_beam.io.aws.s3io import S3IO  # noqa: PLC0415  (as above)

    return S3IO(options=FileSystems._pipeline_options).client.client  # noqa: SLF001  (Beam hands it out nowhere)


def _s3_place(path: str) -> dict[str, str]:
    bucket, _, key = path.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


def _put_to_gcs(path: str, data: bytes) -> bool:
    """Puts an object unless there is one, and returns whether it did."""
    from apache_beam.io.gcp.gcsio import GcsIO, parse_gcs_path  # noqa: PLC0415  (the extra blogvae[gcp] may be missing)
    from google.api_core.exceptions import PreconditionFailed  # noqa: PLC0415

    bucket, name = parse_gcs_path(path)
    client = GcsIO(pipeline_options=FileSystems._pipeline_options).client  # noqa: SLF001  (Beam hands it out nowhere)
    with store_errors():
        try:
            client.bucket(bucket).blob(name).upload_from_string(data, if_generation_match=0)  # none so far
        except PreconditionFailed:
            return False
    return True


_CONDITIONAL_PUTS: Final[dict[str, Callable[[str, bytes], bool]]] = {_S3: _put_to_s3, "gs": _put_to_gcs}

# As this module is imported, since it is in every worker on every runner.
share_s3_clients()
raise_os_errors_of_stores()
