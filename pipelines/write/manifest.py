"""The manifest of an output folder. It is written last, and readers trust only the files that it lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.write.atomic import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

MANIFEST = "MANIFEST.json"
WORK = ".work"
"""The folder of receipts and intermediate files below an output folder, which spare a rerun finished work."""


class ConservationError(RuntimeError):
    """Rows or units vanished or appeared: the job has a bug, and its output must not be used."""


def check_same_run(
    folder: str,
    settings: Mapping[str, Any],
    *,
    overwrite: bool,
    may_grow: Collection[str] = (),
    may_change: Collection[str] = (),
) -> dict[str, Any] | None:
    """Returns the manifest of an earlier run with the same settings, None if there is none.

    Args:
        folder: the output folder.
        settings: the settings of this run.
        overwrite: whether to return None, instead of raising, for a manifest with other settings or a broken one.
        may_grow: settings whose values are lists, to which this run may add.
        may_change: settings that may differ.

    Raises:
        UserError: the folder holds the output of a run with other settings, or a manifest that cannot be read.
    """
    path = f"{folder}/{MANIFEST}"
    if not FileSystems.exists(path):
        return None
    try:
        manifest: dict[str, Any] = read_json(path)
        before = manifest["settings"]
    except (ValueError, KeyError, TypeError):
        before = None
    if not isinstance(before, dict):
        if overwrite:
            return None
        raise UserError(f"{path} cannot be read; choose another --output, or --overwrite")
    changed = sorted(
        key
        for key in {*before, *settings}
        if before.get(key) != settings.get(key)
        and key not in may_change
        and not (key in may_grow and set(before.get(key, ())) <= set(settings.get(key, ())))
    )
    if not changed:
        return manifest
    if overwrite:
        return None
    raise UserError(
        f"{folder} holds another run's output (other {', '.join(changed)}); choose another --output, or --overwrite"
    )


def write_manifest(folder: str, *, format_: str, files: Sequence[dict[str, Any]], **facts: Any) -> None:
    """Writes MANIFEST.json with the format, the facts, and the files sorted by path."""
    listed = sorted(files, key=lambda file: str(file["path"]))
    write_json(f"{folder}/{MANIFEST}", {"format": format_, **facts, "files": listed})


def conserve(what: str, total: int, **parts: int) -> None:
    """Checks that the parts add up to the total.

    Raises:
        ConservationError: they do not.
    """
    if total != sum(parts.values()):
        summands = " + ".join(f"{count} {name}" for name, count in parts.items())
        raise ConservationError(f"{total} {what}, but {summands}")


def remove_leftovers(folder: str, *, keep: Iterable[str], among: Sequence[str]) -> int:
    """Deletes files of earlier runs, half-written ones included, and returns how many.

    Args:
        folder: the output folder.
        keep: paths below it of the files that stay.
        among: globs below it of the files that may be deleted.
    """
    kept = {f"{folder}/{path}" for path in keep}
    leftovers = [
        file.path
        for pattern in among
        for file in FileSystems.match([f"{folder}/{pattern}"])[0].metadata_list
        if file.path not in kept
    ]
    if leftovers:
        FileSystems.delete(leftovers)
    return len(leftovers)
