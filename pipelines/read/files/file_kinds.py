from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

FILE_KINDS: Final = {
    ".txt": "text",
    ".md": "text",
    ".markdown": "text",
    ".mdx": "text",
    ".mkd": "text",
    ".mdown": "text",
    ".html": "text",
    ".htm": "text",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".xml": "wxr",
    ".atom": "wxr",
}
"""The kind of reader for each suffix of a file; `.gz` or `.zst` may follow the suffix."""

COMPRESSIONS: Final = {".gz": "gz", ".zst": "zst"}
ARCHIVE: Final = ".zip"
UNREADABLE: Final = "unreadable"
"""The kind of a .zip that is damaged or asks for a password."""

SUBSTACK: Final = "substack"
"""The kind of Substack's list of posts, whose texts are files beside it."""


def kind_of(name: str) -> tuple[str, str]:
    """The kind of reader for a file of this name ('' if there is none), and its compression ('' if it has none)."""
    suffix = suffix_of(name)
    compression = COMPRESSIONS.get(suffix, "")
    return FILE_KINDS.get(suffix_of(name[: -len(suffix)]) if compression else suffix, ""), compression


def without_suffix(name: str) -> str:
    """The name without the suffix of its kind and that of its compression."""
    if suffix_of(name) in COMPRESSIONS:
        name = str(PurePosixPath(name).with_suffix(""))
    return str(PurePosixPath(name).with_suffix(""))


def suffix_of(name: str) -> str:
    """The last suffix in lower case, with its dot; '' if there is none."""
    stem, dot, suffix = name.rpartition("/")[2].rpartition(".")
    return f".{suffix.lower()}" if stem and dot and suffix else ""
