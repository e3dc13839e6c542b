from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipelines.errors import FileError
from pipelines.read.files.source import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apache_beam.io.filesystem import FileMetadata

_MANIFEST = "/MANIFEST.json"
_FORMAT = "blogvae-"
_NOT_POSTS = ("duplicates/", "rejects/", "shards/")


def only_posts(found: Sequence[FileMetadata]) -> list[FileMetadata]:
    """The files without those of datasets and variations, of which only the Parquet parts with posts stay.

    These are the ones that the manifests of this package list.
    """
    listed = {
        folder: parts
        for file in found
        if file.path.endswith(_MANIFEST) and (parts := _parts(folder := file.path.removesuffix(_MANIFEST))) is not None
    }
    return [file for file in found if _is_posts(file.path, listed)]


def _parts(folder: str) -> frozenset[str] | None:
    """The paths of the parts with posts; None if this package did not write the manifest."""
    try:
        with open_source(f"{folder}{_MANIFEST}") as file:
            manifest = json.loads(file.read())
        if not manifest["format"].startswith(_FORMAT):
            return None
        paths = [part["path"] for part in manifest["files"]]
        return frozenset(
            f"{folder}/{path}" for path in paths if path.endswith(".parquet") and not path.startswith(_NOT_POSTS)
        )
    except FileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_posts(path: str, listed: dict[str, frozenset[str]]) -> bool:
    return all(path in parts for folder, parts in listed.items() if path.startswith(f"{folder}/"))
