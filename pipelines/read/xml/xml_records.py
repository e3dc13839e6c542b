from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, BinaryIO, Final
from xml.parsers import expat

from pipelines.read.charsets.charset import charset_of_records
from pipelines.read.charsets.decoding import CP1252_FALLBACK, UTF16_MARKS, printable
from pipelines.read.csv.lines import RECORD_LIMIT
from pipelines.read.xml.xml_mending import categories_between_tags, escaped, record_end, texts_between_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHUNK_BYTES: Final = 1 << 16
_HEAD_BYTES: Final = 1 << 16
_MENDED_BYTES: Final = 4 * RECORD_LIMIT
"""The most bytes of a record that is put together to be mended."""

_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding=[\"']([\w.:-]+)")
_TAG_BYTES: Final = 64
_BEGIN = re.compile(r"<\?xml\s|<(?:rss|feed|channel)[\s>]")
_ROOT: Final = "blogvae"
_ENDS: Final = frozenset({expat.errors.XML_ERROR_TAG_MISMATCH, expat.errors.XML_ERROR_NO_ELEMENTS})
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, section 2.2


@dataclass(kw_only=True)
class XmlRecord:
    """An element with the texts in it by path, and the attributes and text of each `category`.

    A text beyond `RECORD_LIMIT` is cut, and `too_long` says so.
    """

    tag: str
    texts: dict[str, str] = field(default_factory=dict)
    categories: list[tuple[Mapping[str, str], str]] = field(default_factory=list)
    too_long: bool = False


@dataclass(frozen=True, kw_only=True)
class BrokenXml:
    """A place where a file is not well-formed XML, the reason, and the texts that could be read of the lost record."""

    line: int
    message: str
    texts: Mapping[str, str] = field(default_factory=dict)


def read_xml_records(
    stream: BinaryIO, *, tags: frozenset[str], paths: frozenset[str]
) -> Iterator[XmlRecord | BrokenXml]:
    """Streams the elements of these tags, with the texts at these paths and no others; prefixes stay as written.

    Control characters and text before the XML are dropped. A broken record is mended (see `xml_mending`); if it cannot
    be, reading resumes with the next tag of a record. Only HTML's entities are expanded: a file that declares others is
    read no further. One record is held at a time.
    """
    reader = _Reader(tags, paths)
    chunks = _chunks(stream)
    head = _NO_XML.sub("", next(chunks))
    begin = _BEGIN.search(head)
    before = head[: begin.start()] if begin else ""
    if leading := " ".join(before.replace("\ufeff", "").split()):
        yield BrokenXml(line=1, message=f"text before the XML: {leading[:_TAG_BYTES]}")
    reader.line += before.count("\n")
    for text in _pieces(head[len(before) :], chunks):
        yield from reader.read(_NO_XML.sub("", text).encode())
        if reader.refused:
            return
    yield from reader.read(b"", is_final=True)


class _EntityError(Exception):
    """An entity is declared; expanding it may fill the memory."""


class _NestedError(Exception):
    """A record begins within one of its kind: the end of that is missing."""


class _Reader:
    """Feeds a parser and, where that gives up, mends the record that is open there and feeds another one from its end.

    It is in one of three states: it parses; it gathers the rest of a record that broke (`_fault`); or it looks for
    the next record's tag (`_skipped`).
    """

    def __init__(self, tags: frozenset[str], paths: frozenset[str], *, mends: bool = True) -> None:
        self.refused = False
        self.line = 1
        self._tags, self._paths, self._mends = tags, paths, mends
        self._record_tag = re.compile(rb"<(?:%s)[\s>]" % "|".join(sorted(tags)).encode())
        self._found: list[XmlRecord] = []
        self._around: list[str] = []
        self._skipped: bytes | None = None
        self._fault: BrokenXml | None = None
        self._open_parser()

    def read(self, data: bytes, *, is_final: bool = False) -> Iterator[XmlRecord | BrokenXml]:
        """What ends in the data, or breaks there."""
        while True:
            if self._fault is not None:
                self._held += data
                if (end := self._record_end(is_final=is_final)) < 0:
                    return
                yield self._mended(bytes(self._held[:end]), self._fault)
                data, self._fault, self._skipped = bytes(self._held[end:]), None, b""
            if self._skipped is not None:
                data = self._from_next_record(self._skipped + data)
            if self._skipped is not None:
                return
            begun = self._parsed
            self._parsed += len(data)
            self._held += data
            broken = self._parse(data, is_final=is_final)
            yield from self._found
            self._found.clear()
            if broken is None or self.refused:
                self._hold_open_record()
                if broken:
                    yield broken
                return
            if not self._mends_after(broken) and not self._is_end_of_what_was_around(broken):
                yield broken
            # One byte further where a parser was given nothing else, lest the next fails there for ever.
            data = b"" if self._fault else data[max(0, self._broken_at - begun) + (self._broken_at <= self._first) :]

    def _parse(self, data: bytes, *, is_final: bool) -> BrokenXml | None:
        parser = self._parser
        try:
            parser.Parse(data, is_final)
        except expat.ExpatError as error:
            self._broken_at = parser.ErrorByteIndex
            return BrokenXml(line=self.line + error.lineno - 1, message=expat.ErrorString(error.code))
        except _EntityError:
            self.refused = True
            message = "an entity is declared"
        except _NestedError:
            self._broken_at = parser.CurrentByteIndex
            message = "a record within another"
        else:
            return None
        return BrokenXml(line=self.line + parser.CurrentLineNumber - 1, message=message)

    def _mends_after(self, broken: BrokenXml) -> bool:
        """Begins to mend the open record and returns True; if none can be mended, reading skips to the next."""
        if self._mends and self._record is not None and self._parsed - len(self._held) <= self._begun:
            self._hold_open_record()
            self.line += self._begun_line - 1
            self._fault = broken
        else:
            self.line = broken.line
            self._skipped = b""
        return self._fault is not None

    def _hold_open_record(self) -> None:
        """Drops held bytes before the open record, and all if the record is too long to be mended."""
        needed = self._parser.CurrentByteIndex if self._record is None else self._begun
        if len(self._held) > _MENDED_BYTES:
            self._held.clear()
        else:
            del self._held[: max(0, needed - (self._parsed - len(self._held)))]

    def _record_end(self, *, is_final: bool) -> int:
        """The end of the broken record in the held bytes; -1 if it is not known yet."""
        text = self._held.decode("utf-8", "ignore")  # a chunk may end amid a character
        end = record_end(text, self._record.tag if self._record else "")
        if end >= 0:
            return len(text[:end].encode())
        return len(self._held) if is_final or len(self._held) > _MENDED_BYTES else -1

    def _mended(self, data: bytes, fault: BrokenXml) -> XmlRecord | BrokenXml:
        """The mended record; if part of it is missing, a `BrokenXml` that tells which one is lost."""
        tag = self._record.tag if self._record else ""
        text = data.decode("utf-8", "ignore")
        self.line += text.count("\n")
        is_ended = bool(re.search(rf"</{re.escape(tag)}\s*>\s*\Z", text))
        if is_ended:
            again = _Reader(self._tags, self._paths, mends=False)
            mended = [*again.read(f"<{_ROOT}>{escaped(text)}</{_ROOT}>".encode()), *again.read(b"", is_final=True)]
            if len(mended) == 1 and isinstance(mended[0], XmlRecord):
                return mended[0]
        texts, is_whole = texts_between_tags(text, self._paths)
        if is_whole and is_ended:
            too_long = any(len(each) > RECORD_LIMIT for each in texts.values())
            return XmlRecord(tag=tag, texts=texts, categories=[*categories_between_tags(text)], too_long=too_long)
        return BrokenXml(line=fault.line, message=fault.message, texts=texts)

    def _is_end_of_what_was_around(self, broken: BrokenXml) -> bool:
        """Whether no record is lost: the error is an end tag of an outer element, or the file's end in its place."""
        return self._rootless and self._record is None and broken.message in _ENDS

    def _from_next_record(self, data: bytes) -> bytes:
        """The data from the next record's tag on, for a new parser; without one its last bytes, maybe a tag's begin."""
        found = self._record_tag.search(data)
        end = found.start() if found else max(0, len(data) - _TAG_BYTES)
        self.line += data.count(b"\n", 0, end)
        self._skipped = None if found else data[end:]
        if found:
            self._open_parser(again=True)
        return data[end:]

    def _open_parser(self, *, again: bool = False) -> None:
        """Opens a new parser inside the elements that were open around the records."""
        self._record: XmlRecord | None = None
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._attributes: Mapping[str, str] = {}
        self._size = 0
        self._held = bytearray()
        self._begun = self._begun_line = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.UseForeignDTD()  # so that HTML's entities are handed over rather than refused
        self._parser.SkippedEntityHandler = lambda name, _: self._characters(unescape(f"&{name};"))
        self._parser.EntityDeclHandler = self._refuse_entity
        # A record that is no part of an element that is open needs one, for a document has one root.
        self._rootless = again and not self._around
        around = "".join(f"<{tag}>" for tag in (self._around or [_ROOT] * self._rootless)).encode()
        self._parsed = self._first = len(around)
        self._parser.Parse(around)
        self._parser.StartElementHandler = self._start_element
        self._parser.EndElementHandler = self._end_element
        self._parser.CharacterDataHandler = self._characters

    def _start_element(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._record is not None:
            if not self._path and tag == self._record.tag:
                raise _NestedError
            self._path.append(tag)
            self._text = [] if "/".join(self._path) in self._paths else None
            self._size = 0
            self._attributes = attributes
        elif tag in self._tags:
            self._record = XmlRecord(tag=tag)
            self._begun, self._begun_line = self._parser.CurrentByteIndex, self._parser.CurrentLineNumber
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
    first = stream.read(_HEAD_BYTES)
    decoder = _decoder(first)
    yield printable(decoder.decode(first)).removeprefix("\ufeff")
    for chunk in iter(partial(stream.read, _CHUNK_BYTES), b""):
        yield printable(decoder.decode(chunk))


def _pieces(head: str, chunks: Iterator[str]) -> Iterator[str]:
    """The head in pieces no longer than a chunk, then the chunks."""
    yield from (head[at : at + _CHUNK_BYTES] for at in range(0, len(head), _CHUNK_BYTES))
    yield from chunks


def _decoder(first: bytes) -> codecs.IncrementalDecoder:
    declared = _ENCODING.search(first)
    says_utf8 = not declared or declared[1].lower() in {b"utf-8", b"utf8"}
    if says_utf8 and (found := charset_of_records(first)):
        return codecs.getincrementaldecoder(found)("replace")
    encoding = "utf-16" if first.startswith(UTF16_MARKS) else declared[1].decode() if declared else "utf-8"
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = "utf-8"
    return codecs.getincrementaldecoder(name)(CP1252_FALLBACK if name == "utf-8" else "replace")
