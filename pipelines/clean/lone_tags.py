"""Tells tags that are markup from tags that are words (`We add a <script> element`), and escapes the latter."""

from __future__ import annotations

import re
from typing import Final

from pipelines.clean.code_spans import MARKDOWN_CODE
from pipelines.clean.inline import BLOCK_TAGS

_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
"""Elements that have no end tag (WHATWG HTML, section 13.1.2)."""

_SELF_EVIDENT: Final = frozenset({"br", "hr", "wbr"})
"""Void elements that do something without an attribute."""

_END_OPTIONAL: Final = frozenset(
    "body colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr".split()
)
"""Elements whose end tag may be left out (WHATWG HTML, section 13.1.2.4)."""

_SWALLOWING: Final = frozenset(
    "audio canvas frameset iframe math noembed noframes noscript object plaintext pre script select style svg template"
    " textarea title video xmp".split()
)
"""Elements that, if left open, hide all text that follows."""

_TOLD_OF: Final = frozenset("script select style template textarea title xmp".split())
"""Elements that, with words and no code within them, are mostly a text about tags. Other swallowing elements may hold
words for browsers that do not know them."""

_OPEN_BLOCKS: Final = frozenset({*BLOCK_TAGS, *_END_OPTIONAL})
_IN_LISTING: Final = frozenset(
    "a b br code del div em font i ins kbd li mark ol p pre s samp small span strong sub sup table tbody td tr tt u ul"
    " var".split()
)
"""Elements that highlighters write within `<pre>`; a tag of any other element there is more likely code."""

_ALONE_IN_LISTING: Final = frozenset("br p li td tr".split())

_TAG = r"""<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<attributes>(?:"[^"<]*"|'[^'<]*'|[^<>"'])*)>"""
_TAGS = re.compile(_TAG)
_HTML_TOKEN = re.compile(rf"<!--|{_TAG}")
_MARKDOWN_TOKEN = re.compile(rf"{MARKDOWN_CODE}|<!--|{_TAG}", re.DOTALL)
"""Each alternative begins with a plain character, so that a search passes quickly over what begins none."""

_ENDS: Final = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "pre", "code")}
"""End tags of the elements whose content is not searched for markup, or is read as a listing."""

_GAP = re.compile(r"\s*")
_COMMENT_END: Final = re.compile("-->")

_QUICK = re.compile(r"<(?:[A-Za-z/]|!--)")
_CODE_MARKS = re.compile(r"[(){};=:<>/\"']")
_NOT_HTML_NAME = re.compile("[A-Z:._]")


def with_lone_tags_literal(text: str, *, is_markdown: bool, is_page: bool = False) -> str:
    """Writes `&lt;` for the `<` of tags and comments that are no markup, so that they are read as text.

    These are no markup: a comment that never ends, an element left open that would swallow the rest, a bare tag amid
    words without its other half, and a pair of tags of such an element around words alone. Code stays as it is, but
    in `<pre>` the tags that no highlighter writes are escaped, too.

    Args:
        text: Markdown or HTML.
        is_markdown: whether backticks and fences are code.
        is_page: a whole page; only what would swallow the rest is looked at.
    """
    if not _QUICK.search(text):
        return text
    text = f"\n{text}"
    found = _Found(text, is_page=is_page)
    has_code = is_markdown and ("`" in text or "~~~" in text)
    pattern = _MARKDOWN_TOKEN if has_code else _HTML_TOKEN
    position = 0
    while token := pattern.search(text, position):
        position = token.end()
        name, is_end = token.group("name", "end")
        if name is None:
            if token[0] == "<!--":
                position = found.comment(token)
            continue
        name = name.lower()
        if is_end:
            found.end_tag(name, token)
        elif name in _ENDS and (end := found.next(_ENDS[name], position)):
            position = found.whole(name, token, end)
        else:
            found.open_tags.setdefault(name, []).append(token)
    return _escaped(text, found.literal | found.lone())[1:]


class _Found:
    """Collects the open tags and the indices of literal `<` during the scan of a text."""

    def __init__(self, text: str, *, is_page: bool) -> None:
        self.literal: set[int] = set()
        self.open_tags: dict[str, list[re.Match[str]]] = {}
        self._ends_alone: list[re.Match[str]] = []
        self._text = text
        self._is_page = is_page
        self._gone: set[re.Pattern[str]] = set()

    def next(self, end: re.Pattern[str], position: int) -> re.Match[str] | None:
        """The next match of `end`; after a search in vain the pattern is not searched for again."""
        found = None if end in self._gone else end.search(self._text, position)
        if not found:
            self._gone.add(end)
        return found

    def comment(self, begin: re.Match[str]) -> int:
        """Reads a comment and returns its end; one that never ends is literal, and the scan goes on within it."""
        if end := self.next(_COMMENT_END, begin.end()):
            return end.end()
        self.literal.add(begin.start())
        return begin.end()

    def whole(self, name: str, begin: re.Match[str], end: re.Match[str]) -> int:
        """Reads an element whose content is no markup or a listing, and returns its end."""
        if name == "pre" and (outer := end.re.match(self._text, _GAP.match(self._text, end.end()).end())):  # type: ignore[union-attr]
            end = outer  # one in another
        inside = self._text[begin.end() : end.start()]
        if name in {"pre", "code"}:
            self._listing(begin, inside)
        else:
            self._pair(name, begin, end)
        return end.end()

    def end_tag(self, name: str, end: re.Match[str]) -> None:
        """Takes an end tag, which closes the last open tag of its name or else stands alone."""
        if opened := self.open_tags.get(name):
            self._pair(name, opened.pop(), end)
        else:
            self._ends_alone.append(end)

    def lone(self) -> set[int]:
        """The indices of the tags without their other half that are words."""
        text, is_page = self._text, self._is_page
        literal: set[int] = set()
        for tag in [*self._ends_alone, *(tag for opened in self.open_tags.values() for tag in opened)]:
            if tag["name"].lower() in _SWALLOWING:
                if not tag["end"] or not is_page:
                    literal.add(tag.start())
            elif not is_page and _is_word(text, tag):
                literal.add(tag.start())
        return literal

    def _pair(self, name: str, begin: re.Match[str], end: re.Match[str]) -> None:
        """Takes a pair of tags; around nothing but words they are words, too."""
        is_told = name in _TOLD_OF and not self._is_page and "=" not in begin["attributes"]
        if is_told and not _is_amid_tags(self._text, begin.start(), end.end()):
            inside = self._text[begin.end() : end.start()]
            if inside.strip() and not _CODE_MARKS.search(inside):
                self.literal.update((begin.start(), end.start()))

    def _listing(self, begin: re.Match[str], inside: str) -> None:
        """Marks the tags in a listing as literal, except pairs that highlighters write."""
        if "<" not in inside:
            return
        tags = list(_TAGS.finditer(inside))
        surplus: dict[str, int] = {}
        for tag in tags:
            surplus[tag["name"]] = surplus.get(tag["name"], 0) + (-1 if tag["end"] else 1)
        self.literal.update(
            begin.end() + tag.start()
            for tag in tags
            if tag["name"].lower() not in _IN_LISTING or (surplus[tag["name"]] and tag["name"] not in _ALONE_IN_LISTING)
        )


def _is_word(text: str, tag: re.Match[str]) -> bool:
    """Whether a tag without its other half is a word of the text."""
    name = tag["name"].lower()
    has_value = "=" in tag["attributes"]
    before = text[text.rfind("\n", 0, tag.start()) + 1 : tag.start()].rstrip(" \t")
    begins = not before or before.endswith(">")
    if tag["end"]:
        return text[tag.start() - 1].isspace() and not begins and text[tag.end() : tag.end() + 1] not in {"", "\n", "<"}
    if name in _VOID:
        return name not in _SELF_EVIDENT and not has_value and not _is_amid_tags(text, tag.start(), tag.end())
    if name in _OPEN_BLOCKS:
        return not has_value and not begins
    return not has_value or _NOT_HTML_NAME.search(tag["name"]) is not None


def _is_amid_tags(text: str, start: int, end: int) -> bool:
    """Whether tags stand directly before and after the span, so that it is no part of a sentence."""
    return text[start - 1] == ">" and text[end : end + 1] == "<"


def _escaped(text: str, literal: set[int]) -> str:
    parts, done = [], 0
    for start in sorted(literal):
        parts += [text[done:start], "&lt;"]
        done = start + 1
    return "".join([*parts, text[done:]]) if parts else text
