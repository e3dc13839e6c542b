"""Markdown to HTML, by cmark-gfm."""

from __future__ import annotations

import ctypes
import re

from cmarkgfm import _cmark
from cmarkgfm.cmark import Options

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
"""One that is left open matches to the end, lest many were each sought to the end."""

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}(?=\n)")
_MARKDOWN_BEGINS = re.compile(rf"\n[ \t]*\n(?!\s*</?(?:{_BLOCK})\b|[ \t]+[^\s*+\d>#|`~-]|\s*\Z)", re.IGNORECASE)
"""A paragraph that no block tag begins; indented words go on with the element they are in. At each blank line it looks
at all that follow, of which `_BLANK_LINES` leaves few."""


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


def _address(pointer: object) -> int:
    return int(_cmark.ffi.cast("uintptr_t", pointer))
