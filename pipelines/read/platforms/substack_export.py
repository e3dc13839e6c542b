from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final

from pipelines.posts.post import HTML, RawPost, Reject
from pipelines.read.charsets.decoding import decode_file
from pipelines.read.csv.lines import RECORD_LIMIT
from pipelines.read.fields.publication import comparable
from pipelines.read.fields.record import find_fields, post_of
from pipelines.read.files.opening import open_input
from pipelines.read.files.source import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.read.files.input_file import InputFile

_LIST_BYTES: Final = 1 << 26
_ID: Final = "postid"


def read_substack_export(stream: BinaryIO, file: InputFile) -> Iterator[RawPost | Reject]:
    """Reads Substack's list of posts: metadata from a row, the text from the HTML file that the row names.

    A row without a text (a podcast) is a reject. A text that no row names is one, too, since it may be unpublished.

    Args:
        stream: the list, `posts.csv`.
        file: the list's, with the texts beside it.
    """
    csv.field_size_limit(RECORD_LIMIT)
    table = list(csv.reader(io.StringIO(decode_file(stream.read(_LIST_BYTES)).text)))
    fields = find_fields(table[0]) if table else {}
    if "id" not in fields or _ID not in map(comparable, table[0]):
        yield Reject(source=file.name, position=0, stage="read", reason="no content column", value="posts.csv")
        return
    texts = {_id_of(each): each for each in file.beside}
    rows = [row for row in table[1:] if row]
    for position, row in enumerate(rows, start=1):
        cells = {field: row[place] if place < len(row) else "" for field, place in fields.items()}
        yield _read_row(cells, _text_of(cells["id"].strip(), texts), source=file.name, position=position)
    for position, name in enumerate(sorted(texts), start=len(rows) + 1):
        yield Reject(source=file.name, position=position, post_id=name, stage="read", reason="not in posts.csv")


def _read_row(cells: dict[str, str], text: InputFile | None, *, source: str, position: int) -> RawPost | Reject:
    content = ""
    if text:
        try:
            with open_input(text) as stream:
                content = decode_file(stream.read(4 * RECORD_LIMIT)).text
        except UnreadableError as error:
            return Reject(
                source=source,
                position=position,
                post_id=cells["id"],
                stage="read",
                reason="unreadable",
                value=f"{text.name}: {error}",
            )
    post = post_of({**cells, "content": content}, source=source, position=position)
    return replace(post, content_kind=HTML) if isinstance(post, RawPost) else post


def _id_of(text: InputFile) -> str:
    return PurePosixPath(text.member or text.name).name.removesuffix(".html")


def _text_of(post_id: str, texts: dict[str, InputFile]) -> InputFile | None:
    """Takes the row's text out of the texts; older lists give the number alone, `101` for `101.my-letter.html`."""
    for name in (post_id, *(each for each in texts if each.partition(".")[0] == post_id)):
        if name in texts:
            return texts.pop(name)
    return None
