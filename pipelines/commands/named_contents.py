"""Hashes the files and folders that flags name, so that `run` notices a change in one of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from vae.commands.train import T5_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_INDEXES: Final = ("MANIFEST.json", "config.json", "calibration.json")
"""The files of our folders that hold the hashes of all their other files."""


def named_contents(value: Any) -> list[list[str]]:
    """The path and SHA-256 of each file that a section of flags names, at any depth, and of files that YAML files name.

    Of a folder that this package wrote, only the files that hold the hashes of the others count; of any other folder,
    all files do. Values that are no path are skipped, as most values of flags are.
    """
    hashes: dict[str, str] = {}
    for text in _texts(value):
        _add(text, hashes, base=Path())
    return [[path, hashes[path]] for path in sorted(hashes)]


def _add(text: str, hashes: dict[str, str], *, base: Path) -> None:
    text = text.removeprefix(T5_PREFIX)
    for path in (Path(text), base / text):
        try:
            files = [path] if path.is_file() else [*_files_in(path)] if path.is_dir() else []
        except (OSError, ValueError):  # too long for a name, or with a NUL
            return
        for file in files:
            if str(file) in hashes:
                continue
            hashes[str(file)] = hashlib.sha256(file.read_bytes()).hexdigest()
            if file == path and file.suffix in {".yaml", ".yml"}:
                for inner in _texts(_loaded(file)):
                    _add(inner, hashes, base=file.parent)


def _files_in(folder: Path) -> Iterator[Path]:
    listed = [folder / name for name in _INDEXES if (folder / name).is_file()]
    yield from listed or sorted(path for path in folder.rglob("*") if path.is_file())


def _loaded(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (ValueError, yaml.YAMLError):
        return None  # the command itself reports the error


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        return (text for item in value.values() for text in _texts(item))
    if isinstance(value, (list, tuple)):
        return (text for item in value for text in _texts(item))
    return (value,) if isinstance(value, str) and value else ()
