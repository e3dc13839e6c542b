"""The manifest of an output folder: written last, and the only thing that readers trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.write.atomic import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

MANIFEST = "MANIFEST.json"
WORK = ".work"
"""Folder of receipts and intermediate files below an output folder: what makes a rerun short."""


class ConservationError(RuntimeError):
    """Rows vanished or appeared: the job is wrong, and its output is not to be used."""


def check_same_run(
    folder: str,
    settings: Mapping[str, Any],
    *,
    overwrite: bool,
    may_grow: Collection[str] = (),
    may_change: Collection[str] = (),
) -> dict[str, Any] | None:
    """The manifest of an earlier run with these settings, None where there is none; another run's is refused.

    Args:
        folder: the output folder.
        settings: of this run.
        overwrite: whether another run's manifest is overlooked instead.
        may_grow: settings that are lists, of which this run may hold more.
        may_change: settings that may be others.

    Raises:
        UserError: the folder holds another run's output.
    """
    path = f"{folder}/{MANIFEST}"
    if not FileSystems.exists(path):
        return None
    try:
        manifest: dict[str, Any] = read_json(path)
        theirs = manifest["settings"]
    except (ValueError, KeyError, TypeError):
        theirs = None
    if not isinstance(theirs, dict):
        if overwrite:
            return None
        raise UserError(f"{path} cannot be read; choose another --output, or --overwrite")
    changed = sorted(
        key
        for key in {*theirs, *settings}
        if theirs.get(key) != settings.get(key)
        and key not in may_change
        and not (key in may_grow and set(theirs.get(key, ())) <= set(settings.get(key, ())))
    )
    if not changed:
        return manifest
    if overwrite:
        return None
    raise UserError(
        f"{folder} holds another run's output (other {', '.join(changed)}); choose another --output, or --overwrite"
    )


def write_manifest(folder: str, *, format_: str, files: Sequence[dict[str, Any]], **facts: Any) -> None:
    """Writes MANIFEST.json, files sorted by path."""
    listed = sorted(files, key=lambda file: str(file["path"]))
    write_json(f"{folder}/{MANIFEST}", {"format": format_, **facts, "files": listed})


def conserve(what: str, taken: int, **given: int) -> None:
    """Raises ConservationError unless the parts add up to what was taken."""
    if taken != sum(given.values()):
        parts = " + ".join(f"{count} {name}" for name, count in given.items())
        raise ConservationError(f"{taken} {what}, but {parts}")


def remove_leftovers(folder: str, *, keep: Iterable[str], among: Sequence[str]) -> int:
    """Deletes what these globs find and the manifest does not list, and half-written files. Returns how many."""
    listed = {f"{folder}/{path}" for path in keep}
    found = [
        file.path
        for pattern in among
        for file in FileSystems.match([f"{folder}/{pattern}"])[0].metadata_list
        if file.path not in listed
    ]
    if found:
        FileSystems.delete(found)
    return len(found)
