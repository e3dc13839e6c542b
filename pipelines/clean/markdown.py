"""Turns Markdown into HTML with cmark-gfm."""

from __future__ import annotations

import ctypes
import re
from typing import Final

from cmarkgfm import _cmark
from cmarkgfm.cmark import Options

from pipelines.clean.code_spans import MARKDOWN_CODE
from pipelines.clean.dialects import as_commonmark
from pipelines.clean.inline import BLOCK_TAGS

_cmark.lib.cmark_gfm_core_extensions_ensure_registered()
_TABLE = _cmark.lib.cmark_find_syntax_extension(b"table")

# cmarkgfm frees neither the tree nor the HTML, eight bytes for each of the text's, which a long job cannot afford
# (github.com/theacodes/cmarkgfm/issues/53). Its binary exports what frees them, but not on Windows.
_LIBRARY = ctypes.CDLL(_cmark.__file__)
_CAN_FREE = hasattr(_LIBRARY, "cmark_node_free") and hasattr(_LIBRARY, "free")
if _CAN_FREE:
    _LIBRARY.free.argtypes = _LIBRARY.cmark_node_free.argtypes = [ctypes.c_void_p]

_BLOCK = "|".join([*BLOCK_TAGS, "body", "html", "iframe"])
_COMMENT = r"<!--[^-]*(?:-(?!->)[^-]*)*"
_HTML_BEGINS = re.compile(rf"(?:\s|{_COMMENT}-->)*<(?:!doctype|{_BLOCK})\b", re.IGNORECASE)
_LITERAL = re.compile(
    rf"<(pre|script|style|textarea)\b[^<]*(?:<(?!/\1\s*>)[^<]*)*(?:</\1\s*>|(\Z))|{_COMMENT}(?:-->|(\Z))", re.IGNORECASE
)
"""An element left open matches up to the end of the text, so that its end tag is searched for once."""

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}(?=\n)")
_MARKDOWN_BEGINS = re.compile(rf"\n[ \t]*\n(?!\s*</?(?:{_BLOCK})\b|[ \t]+[^\s*+\d>#|`~-]|\s*\Z)", re.IGNORECASE)
"""A paragraph that no block tag begins; indented words go on with the element they are in. At each blank line it looks
at all that follow, of which `_BLANK_LINES` leaves few."""

_BLANK: Final = "\x1d"
"""Fills the blank lines of a `<pre>` while the text is Markdown; cleaned text holds no control characters."""

_PRE = re.compile(rf"{MARKDOWN_CODE}|(?P<pre><pre\b[^<]*(?:<(?!/?pre\b)[^<]*)*</pre>)", re.DOTALL | re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n(?=[ \t]*\n)")


def is_html(text: str) -> bool:
    """Whether the post is HTML throughout, which the rules of Markdown (an indented line is code) would harm."""
    if not _HTML_BEGINS.match(text):
        return False
    text = _LITERAL.sub(lambda literal: "" if literal[2] is literal[3] is None else literal[0], text)
    return not _MARKDOWN_BEGINS.search(_BLANK_LINES.sub("\n\n", text))


def markdown_to_html(text: str) -> str:
    """HTML by the rules of CommonMark with GFM's tables; HTML within the text stays as it is."""
    lib, data = _cmark.lib, as_commonmark(text).encode()
    parser = lib.cmark_parser_new(Options.CMARK_OPT_UNSAFE)
    lib.cmark_parser_attach_syntax_extension(parser, _TABLE)
    lib.cmark_parser_feed(parser, data, len(data))
    root = lib.cmark_parser_finish(parser)
    html = lib.cmark_render_html(root, Options.CMARK_OPT_UNSAFE, lib.cmark_parser_get_syntax_extensions(parser))
    lib.cmark_parser_free(parser)
    text = _cmark.ffi.string(html).decode()
    if _CAN_FREE:
        _LIBRARY.free(_address(html))
        _LIBRARY.cmark_node_free(_address(root))
    return text


def with_listings_apart(text: str) -> str:
    """Moves each `<pre>` to the begin of a line and fills its blank lines, at which CommonMark would end the HTML."""
    if "<pre" not in text and "<PRE" not in text:
        return text
    return _PRE.sub(_apart, f"\n{text}")[1:]


def with_listings_whole(html: str) -> str:
    """Empties the blank lines again that `with_listings_apart` filled."""
    return html.replace(_BLANK, "")


def _apart(found: re.Match[str]) -> str:
    if found["pre"] is None:
        return found[0]
    text, start = found.string, found.start()
    before = text[text.rfind("\n", 0, start) + 1 : start]
    begin = "\n\n" if before.strip("> \t-*+.)0123456789") else ""
    return begin + _BLANK_LINE.sub(f"\n{_BLANK}", found["pre"])


def _address(pointer: object) -> int:
    return int(_cmark.ffi.cast("uintptr_t", pointer))
