from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, BinaryIO, Final
from xml.parsers import expat

from pipelines.read.decoding import FALLBACK, UTF16_MARKS, printable
from pipelines.read.lines import RECORD_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHUNK_BYTES: Final = 1 << 16
_ENCODING = re.compile(rb"\A[\xef\xbb\xbf\s]*<\?xml[^>]*\bencoding=[\"']([\w.:-]+)")
_TAG_BYTES: Final = 64
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, section 2.2


@dataclass(kw_only=True)
class XmlRecord:
    """An element: the texts in it by their path, and the attributes and text of each `category`.

    Of a text longer than the longest record its beginning is there, and `too_long` says so.
    """

    tag: str
    texts: dict[str, str] = field(default_factory=dict)
    categories: list[tuple[Mapping[str, str], str]] = field(default_factory=list)
    too_long: bool = False


@dataclass(frozen=True, kw_only=True)
class BrokenXml:
    """Where a file is no XML, and why; a record that was open there is lost."""

    line: int
    message: str


def read_xml_records(
    stream: BinaryIO, *, tags: frozenset[str], paths: frozenset[str]
) -> Iterator[XmlRecord | BrokenXml]:
    """The elements of these tags, prefixes as they are written, with the texts at these paths and no others.

    Control characters are left out. Where a file is no XML, reading resumes with the next tag of a record. Entities
    but HTML's are not expanded: a file that declares any is read no further. One record is held at a time.
    """
    reader = _Reader(tags, paths)
    for text in _chunks(stream):
        yield from reader.read(_NO_XML.sub("", text).encode())
        if reader.refused:
            return
    yield from reader.read(b"", is_final=True)


class _EntityError(Exception):
    """An entity is declared; expanding it may fill the memory."""


class _Reader:
    """Feeds a parser and, where that gives up, another one from the next record on."""

    def __init__(self, tags: frozenset[str], paths: frozenset[str]) -> None:
        self.refused = False
        self._tags, self._paths = tags, paths
        self._record_tag = re.compile(rb"<(?:%s)[\s>]" % "|".join(sorted(tags)).encode())
        self._found: list[XmlRecord] = []
        self._around: list[str] = []
        self._line = 1
        self._skipped: bytes | None = None
        self._open_parser()

    def read(self, data: bytes, *, is_final: bool = False) -> Iterator[XmlRecord | BrokenXml]:
        """What ends in the data, or breaks there."""
        while True:
            if self._skipped is not None:
                data = self._from_next_record(self._skipped + data)
            if self._skipped is not None:
                return
            before = self._parsed
            self._parsed += len(data)
            broken = self._parse(data, is_final=is_final)
            yield from self._found
            self._found.clear()
            if broken:
                yield broken
            if not broken or self.refused:
                return
            self._line = broken.line
            self._skipped = b""
            data = data[max(0, self._parser.ErrorByteIndex - before) + 1 :]

    def _parse(self, data: bytes, *, is_final: bool) -> BrokenXml | None:
        try:
            self._parser.Parse(data, is_final)
        except expat.ExpatError as error:
            return BrokenXml(line=self._line + error.lineno - 1, message=expat.ErrorString(error.code))
        except _EntityError:
            self.refused = True
            return BrokenXml(line=self._line + self._parser.CurrentLineNumber - 1, message="an entity is declared")
        return None

    def _from_next_record(self, data: bytes) -> bytes:
        """The data from a record's tag on, for a new parser; none if there is no such tag."""
        found = self._record_tag.search(data)
        end = found.start() if found else max(0, len(data) - _TAG_BYTES)
        self._line += data.count(b"\n", 0, end)
        self._skipped = None if found else data[end:]
        if found:
            self._open_parser()
        return data[end:]

    def _open_parser(self) -> None:
        """Opens a parser amid the elements that were open around the records."""
        self._record: XmlRecord | None = None
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._attributes: Mapping[str, str] = {}
        self._size = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.UseForeignDTD()  # so that HTML's entities are handed over rather than refused
        self._parser.SkippedEntityHandler = lambda name, _: self._characters(unescape(f"&{name};"))
        self._parser.EntityDeclHandler = self._refuse_entity
        around = "".join(f"<{tag}>" for tag in self._around).encode()
        self._parsed = len(around)
        self._parser.Parse(around)
        self._parser.StartElementHandler = self._start_element
        self._parser.EndElementHandler = self._end_element
        self._parser.CharacterDataHandler = self._characters

    def _start_element(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._record is not None:
            self._path.append(tag)
            self._text = [] if "/".join(self._path) in self._paths else None
            self._size = 0
            self._attributes = attributes
        elif tag in self._tags:
            self._record = XmlRecord(tag=tag)
        else:
            self._around.append(tag)

    def _characters(self, text: str) -> None:
        if self._record is not None and self._text is not None:
            self._size += len(text)
            if self._size > RECORD_LIMIT:
                self._record.too_long = True
            else:
                self._text.append(text)

    def _end_element(self, tag: str) -> None:
        if self._record is None:
            self._around.pop()
        elif not self._path:
            self._found.append(self._record)
            self._record = None
        else:
            if self._text is not None:
                text = "".join(self._text)
                self._record.texts.setdefault("/".join(self._path), text)
                if tag == "category":
                    self._record.categories.append((self._attributes, text))
            self._text = None
            self._path.pop()

    def _refuse_entity(self, *_: object) -> None:
        raise _EntityError


def _chunks(stream: BinaryIO) -> Iterator[str]:
    """The text, by its byte order mark or XML declaration, else UTF-8 with stray bytes as in `decode_utf8`."""
    first = stream.read(_CHUNK_BYTES)
    decoder = _decoder(first)
    yield printable(decoder.decode(first)).removeprefix("\ufeff")
    for chunk in iter(partial(stream.read, _CHUNK_BYTES), b""):
        yield printable(decoder.decode(chunk))


def _decoder(first: bytes) -> codecs.IncrementalDecoder:
    declared = _ENCODING.match(first)
    encoding = "utf-16" if first.startswith(UTF16_MARKS) else declared[1].decode() if declared else "utf-8"
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = "utf-8"
    return codecs.getincrementaldecoder(name)(FALLBACK if name == "utf-8" else "replace")
