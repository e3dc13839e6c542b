"""Turns HTML into blocks, in one pass over the tags that lexbor made regular."""

from __future__ import annotations

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipelines.clean.chrome import drop_chrome, show_tex
from pipelines.clean.flow import Flow
from pipelines.clean.inline import ANY_TAG, ATTRIBUTES, decoded, light_markdown, without_comments, without_other_tags
from pipelines.clean.nesting import shallow
from pipelines.posts.post import LINK, PARAGRAPH, TABLE, Block

_DROPPED = (
    "audio button canvas datalist iframe label noembed noframes noscript object script select style svg template"
    " textarea title video"
).split()
_DROPPED_TAG = re.compile(rf"<(?=[abcdilnostvABCDILNOSTV][a-zA-Z]{{2}})(?i:{'|'.join(_DROPPED)})\b")
_PRE_IN_PRE = re.compile(r"<pre\b[^<]*(?:<(?!/?pre\b)[^<]*)*<pre\b", re.IGNORECASE)

_PRE = re.compile(rf"<(?=pre)pre({ATTRIBUTES})>([^<]*(?:<(?!/pre>)[^<]*)*)</pre>")
_TAG = re.compile(rf"<(?:/?(?:p|div){ATTRIBUTES}>(?:\s*</?(?:p|div){ATTRIBUTES}>)*|(/?[a-z][^\s>]*)({ATTRIBUTES})>)")
_CODE_TAG = re.compile(rf"<code{ATTRIBUTES}>")
_LINE_END = re.compile(rf"<br{ATTRIBUTES}>|</(?:div|p)>\n?")
_TABLE_TAGS = frozenset({"tr", "td", "th", "/table"})
_LANGUAGE = re.compile(r'[" ]lang(?:uage)?-([\w+#.-]+)')


def regular_html(html: str) -> str:
    """The body of any HTML as lexbor rewrites it, with all tags closed and without parts that are not to be read."""
    tree = LexborHTMLParser(shallow(html))
    if "math/tex" in html:
        show_tex(tree)
    if _DROPPED_TAG.search(html):
        tree.strip_tags(_DROPPED)
    if "<rt" in html:
        tree.strip_tags(["rt", "rp"])  # how characters are spoken, beside each
    drop_chrome(tree, html)
    if _PRE_IN_PRE.search(html):
        for inner in tree.css("pre pre"):
            inner.unwrap()
    return (tree.body.html if tree.body else None) or ""


def blocks_of_html(html: str) -> list[Block]:
    """The blocks, in reading order, of regular HTML that lexbor or cmark wrote."""
    # What is regular needs no more than a scan for tags, which is far quicker than a walk over nodes.
    reader = _Reader()
    parts = [*_PRE.split(without_comments(html.replace("&nbsp;", " "))), "", ""]
    for flow, attributes, listing in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        reader.read(light_markdown(flow))
        reader.read_listing(attributes, listing)
    return reader.flow.blocks


class _Table(NamedTuple):
    outer: Flow
    caption: Flow
    rows: list[list[Flow]]


class _Reader:
    """Passes words and tags on to the flow of the document or, in a table, to that of the cell."""

    def __init__(self) -> None:
        self.flow = Flow()
        self._tables: list[_Table] = []

    def read(self, html: str) -> None:
        parts = [*_TAG.split(html), "", ""]
        for words, tag, attributes in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            if words and not words.isspace():
                self.flow.words(words)
            if not tag:
                continue
            if tag == "table":
                self._tables.append(_Table(self.flow, Flow(), []))
                self.flow = self._tables[-1].caption
            elif self._tables and tag in _TABLE_TAGS:
                self._read_table_tag(tag, self._tables[-1])
            else:
                self.flow.tag(tag, attributes)

    def read_listing(self, attributes: str, listing: str) -> None:
        """Reads the inside of a `<pre>` as code."""
        code_tag = _CODE_TAG.match(listing)
        language = _LANGUAGE.search(attributes + (code_tag[0] if code_tag else ""))
        if "<" in listing:
            listing = ANY_TAG.sub("", _LINE_END.sub("\n", without_other_tags(listing)))
        self.flow.code(decoded(listing).removesuffix("\n"), language[1] if language else "")

    def _read_table_tag(self, tag: str, table: _Table) -> None:
        if tag == "/table":
            self._tables.pop()
            self.flow = table.outer
            self.flow.extend(table.caption.blocks)
            self.flow.extend(_blocks_of_table([[cell.blocks for cell in row] for row in table.rows]))
        elif tag == "tr":
            table.rows.append([])
        elif table.rows:
            self.flow = Flow()
            table.rows[-1].append(self.flow)


def _blocks_of_table(rows: list[list[list[Block]]]) -> list[Block]:
    """One table block of GFM's pipe rows (github.github.com/gfm, section 4.10).

    A table that pipe rows cannot hold, or that serves layout alone, gives the blocks of its cells instead.
    """
    rows = [row for row in rows if any(row)]
    width = max(map(len, rows), default=0)
    if width < 2 or not all(_is_one_table_line(cell) for row in rows for cell in row):
        return [block for row in rows for cell in row for block in cell]
    lines = [_table_line([cell[0].text.replace("|", r"\|") if cell else "" for cell in row], width) for row in rows]
    lines.insert(1, _table_line(["---"] * width, width))
    return [Block(kind=TABLE, text="\n".join(lines))]


def _is_one_table_line(cell: list[Block]) -> bool:
    return not cell or (len(cell) == 1 and cell[0].kind in {PARAGRAPH, LINK})


def _table_line(cells: list[str], width: int) -> str:
    return f"| {' | '.join([*cells, *[''] * (width - len(cells))])} |"
