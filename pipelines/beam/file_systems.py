"""Prepares what processes need to find files: options of Beam's filesystems, such as endpoints, and absolute paths."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING, Final

from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import (
    AzureOptions,
    GoogleCloudOptions,
    HadoopFileSystemOptions,
    PipelineOptions,
    S3Options,
    _BeamArgumentParser,
)

from pipelines.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_STORAGE: Final = (AzureOptions, GoogleCloudOptions, HadoopFileSystemOptions, S3Options)


def absolute_path(path: str) -> str:
    """Returns the path as any process finds it, whatever folder it works in; a remote path stays as it is."""
    return path if "://" in path else os.path.abspath(path)  # noqa: PTH100  (Path keeps `..`)


def open_file_systems(flags: Sequence[str]) -> None:
    """Gives Beam's filesystems the flags of a command that runs no pipeline, and so takes flags of storage only.

    Raises:
        UserError: a flag is none of storage, or its value is refused.
    """
    if unknown := unknown_flags(flags, _STORAGE):
        raise UserError(f"unknown flag {unknown[0]}: it is none of this command, nor of a storage; --help lists ours")
    FileSystems.set_options(PipelineOptions(list(flags)))


def unknown_flags(flags: Sequence[str], groups: Iterable[type[PipelineOptions]]) -> list[str]:
    """Returns the flags that are in none of these groups of Beam's options.

    Raises:
        UserError: the value of a flag is refused.
    """
    parser = _BeamArgumentParser(add_help=False, allow_abbrev=False)
    for group in groups:
        group._add_argparse_args(parser)  # noqa: SLF001  (Beam offers no public way to list its flags)
    try:
        return list(parser.parse_known_args(list(flags))[1])
    except SystemExit as error:
        raise UserError(f"Beam refuses its flags {' '.join(flags)}") from error
