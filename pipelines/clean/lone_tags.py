"""Which tags in a text are markup, and which are words about tags: `We add a <script> element`, `a<b`."""

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
"""Elements that, left open, make something else than words of all that follows."""

_TOLD_OF: Final = frozenset("script select style template textarea title xmp".split())
"""Of these what has words alone within them, and no code, is more often a text about tags; others hold words for
browsers that lack them."""

_OPEN_BLOCKS: Final = frozenset({*BLOCK_TAGS, *_END_OPTIONAL})
_IN_LISTING: Final = frozenset(
    "a b br code del div em font i ins kbd li mark ol p pre s samp small span strong sub sup table tbody td tr tt u ul"
    " var".split()
)
"""What highlighters write within `<pre>`; of any other element code is more likely to speak."""

_ALONE_IN_LISTING: Final = frozenset("br p li td tr".split())

_TAG = r"""<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<attributes>(?:"[^"<]*"|'[^'<]*'|[^<>"'])*)>"""
_TAGS = re.compile(_TAG)
_HTML_TOKEN = re.compile(rf"<!--|{_TAG}")
_MARKDOWN_TOKEN = re.compile(rf"{MARKDOWN_CODE}|<!--|{_TAG}", re.DOTALL)
"""Each alternative begins with a plain character, so that a search passes quickly over what begins none."""

_ENDS: Final = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "pre", "code")}
"""Of elements whose content is not looked at for markup, or as a listing."""

_GAP = re.compile(r"\s*")
_COMMENT_END: Final = re.compile("-->")

_QUICK = re.compile(r"<(?:[A-Za-z/]|!--)")
_CODE_MARKS = re.compile(r"[(){};=:<>/\"']")
_NOT_HTML_NAME = re.compile("[A-Z:._]")


def with_lone_tags_literal(text: str, *, is_markdown: bool, is_page: bool = False) -> str:
    """The text with `&lt;` for the `<` of what is no markup, so that it is read as it is written.

    No markup is a comment that never ends, an element left open that would swallow the rest, a bare tag amid words
    that has no other half, and a pair of tags of such an element around nothing but words. Code is left as it is, but
    in `<pre>` tags of elements that no highlighter writes are code.

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
    """What a scan of a text has met."""

    def __init__(self, text: str, *, is_page: bool) -> None:
        self.literal: set[int] = set()
        self.open_tags: dict[str, list[re.Match[str]]] = {}
        self._ends_alone: list[re.Match[str]] = []
        self._text = text
        self._is_page = is_page
        self._gone: set[re.Pattern[str]] = set()

    def next(self, end: re.Pattern[str], position: int) -> re.Match[str] | None:
        """The next such end. One that was not found is not sought again."""
        found = None if end in self._gone else end.search(self._text, position)
        if not found:
            self._gone.add(end)
        return found

    def comment(self, begin: re.Match[str]) -> int:
        """Where it ends, or, if it never does, where the words begin that it is."""
        if end := self.next(_COMMENT_END, begin.end()):
            return end.end()
        self.literal.add(begin.start())
        return begin.end()

    def whole(self, name: str, begin: re.Match[str], end: re.Match[str]) -> int:
        """An element whose content is not looked at for markup, or as a listing: where it ends."""
        if name == "pre" and (outer := end.re.match(self._text, _GAP.match(self._text, end.end()).end())):  # type: ignore[union-attr]
            end = outer  # one in another
        inside = self._text[begin.end() : end.start()]
        if name in {"pre", "code"}:
            self._listing(begin, inside)
        else:
            self._pair(name, begin, end)
        return end.end()

    def end_tag(self, name: str, end: re.Match[str]) -> None:
        """The end of what was opened last under this name, or one that stands alone."""
        if opened := self.open_tags.get(name):
            self._pair(name, opened.pop(), end)
        else:
            self._ends_alone.append(end)

    def lone(self) -> set[int]:
        """Where the tags without their other half stand that are words."""
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
        """Where nothing but words is within, the tags are words, too."""
        is_told = name in _TOLD_OF and not self._is_page and "=" not in begin["attributes"]
        if is_told and not _is_amid_tags(self._text, begin.start(), end.end()):
            inside = self._text[begin.end() : end.start()]
            if inside.strip() and not _CODE_MARKS.search(inside):
                self.literal.update((begin.start(), end.start()))

    def _listing(self, begin: re.Match[str], inside: str) -> None:
        """Of the tags in a listing those are markup that highlighters write, and in pairs."""
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
    """Whether tags stand directly before and after it, as no words do."""
    return text[start - 1] == ">" and text[end : end + 1] == "<"


def _escaped(text: str, literal: set[int]) -> str:
    parts, done = [], 0
    for start in sorted(literal):
        parts += [text[done:start], "&lt;"]
        done = start + 1
    return "".join([*parts, text[done:]]) if parts else text
