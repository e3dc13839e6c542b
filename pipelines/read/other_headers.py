"""Reads headers of posts in other forms than YAML, TOML and whole JSON: those of Pandoc, Nikola and Hexo."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.read.fields.cells import cell_of

if TYPE_CHECKING:
    from pipelines.read.fields.cells import Cell

_PANDOC = re.compile(
    r"%[ \t]+(?P<title>\S[^\n]*(?:\n[ \t]+\S[^\n]*)*)\n"
    r"(?:%[ \t]*(?P<author>[^\n]*(?:\n[ \t]+\S[^\n]*)*)\n(?:%[ \t]*(?P<date>[^\n]*)\n)?)?(?=\s|\Z)"
)
"""A header of title, authors and date, each after a percent sign (pandoc.org, Extension: pandoc_title_block)."""

_AUTHORS_END = re.compile(r"[;\n]")
_NIKOLA = re.compile(r"<!--[ \t]*\n(?P<block>(?:\.\. [\w-]+:[^\n]*\n)+)[ \t]*-->[ \t]*(?:\n|\Z)")
"""A header with lines such as `.. title: Tea` in a comment (getnikola.com, Basic post metadata)."""

_NIKOLA_LINE = re.compile(r"^\.\. (?P<key>[\w-]+):(?P<value>[^\n]*)", re.MULTILINE)
_HEXO = re.compile(r"(?P<block>\"[^\n]*\n(?:[^\n;][^\n]*\n){0,99});;;[ \t]*(?:\n|\Z)")
"""A header of JSON without its braces (hexo.io, Front-matter)."""


class Header(NamedTuple):
    """The fields of a header, with keys in lower case, and the index at which the body begins."""

    fields: dict[str, Cell]
    end: int


def other_header(text: str, start: int) -> Header | None:
    """Reads the header that begins at `start`; None if none does."""
    if header := _PANDOC.match(text, start):
        authors = [name for each in _AUTHORS_END.split(header["author"] or "") if (name := " ".join(each.split()))]
        title, date = (" ".join((header[key] or "").split()) for key in ("title", "date"))
        return Header({"title": title, "author": authors, "date": date}, header.end())
    if header := _NIKOLA.match(text, start):
        lines = _NIKOLA_LINE.finditer(header["block"])
        return Header({line["key"].lower(): line["value"].strip() for line in lines}, header.end())
    if header := _HEXO.match(text, start):
        try:
            fields = json.loads(f"{{{header['block']}}}")
        except ValueError:
            return None
        return Header({key.lower(): cell_of(value) for key, value in fields.items()}, header.end())
    return None
