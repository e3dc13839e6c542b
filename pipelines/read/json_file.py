from __future__ import annotations

import json
import re
from collections import deque
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from pipelines.posts.post import Reject
from pipelines.read.charsets.charset import charset_of_records
from pipelines.read.charsets.decoding import decode_file
from pipelines.read.fields.record import ALIASES, find_fields
from pipelines.read.jsonl_file import read_object
from pipelines.read.platforms.ghost_export import ghost_tables, read_ghost_export

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.posts.post import RawPost

JSON_LIMIT: Final = 1 << 29
"""The most bytes of a file that is read, since it is held whole."""

NO_POSTS: Final = "no posts"
_HEAD_BYTES: Final = 1 << 16
_DEPTH: Final = 4
_NAMES: Final = "|".join(alias.replace("_", "[_ -]?") for alias in ALIASES["content"])
_MAY_HOLD_POSTS = re.compile(rb'"(?:db|%s)"\s*:' % _NAMES.encode(), re.IGNORECASE)


def may_hold_posts(stream: BinaryIO) -> bool:
    """Whether the first bytes name a field of posts, as those of settings and lock files do not."""
    return bool(_MAY_HOLD_POSTS.search(stream.read(_HEAD_BYTES).replace(b"\0", b"")))


def read_json_file(stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None) -> Iterator[RawPost | Reject]:
    """Reads a Ghost export, or else the longest list of objects with a content field, wherever it is in the file.

    So are read JSON Feed, files of the interfaces of WordPress, Tumblr and others, and a file that is one post.

    Args:
        stream: the file, at its start.
        source: the file's path relative to its input, with '/'.
        columns: keys by field, over the usual ones.
    """
    data = stream.read(JSON_LIMIT + 1)
    if len(data) > JSON_LIMIT:
        yield _reject(source, "file too long", value=f"over {JSON_LIMIT}", threshold=str(JSON_LIMIT))
        return
    decoded = decode_file(data, charset=charset_of_records(data))
    if decoded.undecodable:
        yield _reject(source, "undecodable bytes")
        return
    try:
        value = json.loads(decoded.text.removeprefix("\ufeff"), strict=False)
    except (ValueError, RecursionError) as error:
        yield _reject(source, "not JSON", value=str(error))
        return
    if tables := ghost_tables(value):
        yield from read_ghost_export(tables, source=source)
    elif records := _records(value, columns=columns):
        for position, record in enumerate(records, start=1):
            yield read_object(record, source=source, position=position, columns=columns)
    else:
        yield _reject(source, NO_POSTS)


def _records(value: Any, *, columns: Mapping[str, str] | None) -> list[Any]:
    """The longest list whose first objects have a content field, or the whole value if it is a post; else nothing."""
    named = (columns or {}).get("content")
    found: list[list[Any]] = []
    left = deque([(value, 0)])
    while left:
        each, depth = left.popleft()
        if isinstance(each, list) and any(_is_post(item, named) for item in each[:10]):
            found.append(each)
        elif isinstance(each, dict) and depth < _DEPTH:
            left.extend((item, depth + 1) for item in each.values() if isinstance(item, (dict, list)))
    if found:
        return max(found, key=len)
    return [value] if _is_post(value, named) else []


def _is_post(value: Any, named: str | None) -> bool:
    return isinstance(value, dict) and ("content" in find_fields([*value]) or named in value)


def _reject(source: str, reason: str, *, value: str = "", threshold: str = "") -> Reject:
    return Reject(source=source, position=0, stage="read", reason=reason, value=value, threshold=threshold)
