"""A file that posts are read from, wherever it lies: alone, compressed, or in an archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file to read, plain or compressed, or a member of a .zip.

    Attributes:
        path: where the file, or the .zip that holds it, is.
        name: unique among the inputs and the same on every machine: `posts.csv.gz`, `export.zip/posts.csv`.
        size: its bytes as they are stored; of a member, decompressed.
        kind: what reads it: a value of `KINDS`, or `UNREADABLE`.
        compression: '', 'gz' or 'zst'.
        member: its name in the .zip, '' if it is in none.
        places: its number in the .zip, after those of the archives within which it is; see `archive.Member`.
        beside: of a list of posts, the files with their texts.
        refused: why nothing can be read from it, '' of any other: its one reject tells.
        content_kind: what the contents of all its posts are written in, '' where each post tells of its own.
        take: how many of its posts and rejects are read, None for all.
    """

    path: str
    name: str
    size: int
    kind: str
    compression: str = ""
    member: str = ""
    places: tuple[int, ...] = ()
    beside: tuple[InputFile, ...] = ()
    refused: str = ""
    content_kind: str = ""
    take: int | None = None

    @classmethod
    def of_json(cls, facts: Mapping[str, Any]) -> InputFile:
        """Returns the file of which `asdict` and JSON made these facts."""
        return cls(**{**facts, "places": tuple(facts["places"]), "beside": tuple(map(cls.of_json, facts["beside"]))})
