"""Which tags in a text are markup, and which are words about tags: `We add a <script> element`, `a<b`."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

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
_HTML_TOKEN = re.compile(rf"(?P<comment><!--)|{_TAG}")
_MARKDOWN_TOKEN = re.compile(rf"(?P<code>{MARKDOWN_CODE})|(?P<comment><!--)|{_TAG}", re.DOTALL)
_ENDS: Final = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "pre", "code")}
"""Of elements whose content is not looked at for markup, or as a listing."""

_GAP = re.compile(r"\s*")
_COMMENT_END: Final = re.compile("-->")

_QUICK = re.compile(r"<(?:[A-Za-z/]|!--)")
_CODE_MARKS = re.compile(r"[(){};=:<>/\"']")
_NOT_HTML_NAME = re.compile("[A-Z:._]")


class _Tag(NamedTuple):
    start: int
    after: int
    name: str
    is_end: bool
    attributes: str


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
    found = _Found(text)
    pattern = _MARKDOWN_TOKEN if is_markdown else _HTML_TOKEN
    position = 0
    while token := pattern.search(text, position):
        position = token.end()
        if is_markdown and token["code"]:
            continue
        if token["comment"]:
            if end := found.next(_COMMENT_END, position):
                position = end.end()
            else:
                found.literal.add(token.start())
            continue
        tag = _Tag(token.start(), token.end(), token["name"], bool(token["end"]), token["attributes"].rstrip("/ "))
        name = tag.name.lower()
        end = None if tag.is_end or name not in _ENDS else found.next(_ENDS[name], tag.after)
        if not end:
            found.tags.append(tag)
            continue
        if name == "pre" and (outer := _ENDS[name].match(text, _GAP.match(text, end.end()).end())):  # type: ignore[union-attr]
            end = outer  # one in another
        position = end.end()
        inside = text[tag.after : end.start()]
        if name in {"pre", "code"}:
            found.listing(tag, inside)
        elif not is_page and _is_only_words(tag, inside):
            found.literal.update((tag.start, end.start()))
    found.literal.update(_lone(text, found.tags, is_page=is_page))
    return _escaped(text, found.literal)[1:]


class _Found:
    """What a scan of a text has met."""

    def __init__(self, text: str) -> None:
        self.tags: list[_Tag] = []
        self.literal: set[int] = set()
        self._text = text
        self._gone: set[re.Pattern[str]] = set()

    def next(self, end: re.Pattern[str], position: int) -> re.Match[str] | None:
        """The next such end. One that was not found is not sought again."""
        found = None if end in self._gone else end.search(self._text, position)
        if not found:
            self._gone.add(end)
        return found

    def listing(self, begin: _Tag, inside: str) -> None:
        """Of the tags in a listing those are markup that highlighters write, and in pairs."""
        if "<" not in inside:
            return
        tags = list(_TAGS.finditer(inside))
        surplus: dict[str, int] = {}
        for tag in tags:
            surplus[tag["name"]] = surplus.get(tag["name"], 0) + (-1 if tag["end"] else 1)
        self.literal.update(
            begin.after + tag.start()
            for tag in tags
            if tag["name"].lower() not in _IN_LISTING or (surplus[tag["name"]] and tag["name"] not in _ALONE_IN_LISTING)
        )


def _lone(text: str, tags: list[_Tag], *, is_page: bool) -> set[int]:
    """Where the tags stand that are words."""
    open_tags: dict[str, list[_Tag]] = {}
    alone: list[_Tag] = []
    literal: set[int] = set()
    for tag in tags:
        name = tag.name.lower()
        if not tag.is_end:
            open_tags.setdefault(name, []).append(tag)
        elif opened := open_tags.get(name):
            begin = opened.pop()
            if not is_page and _is_only_words(begin, text[begin.after : tag.start]):
                literal.update((begin.start, tag.start))
        else:
            alone.append(tag)
    alone.extend(tag for opened in open_tags.values() for tag in opened)
    for tag in alone:
        if tag.name.lower() in _SWALLOWING:
            if not tag.is_end or not is_page:
                literal.add(tag.start)
        elif not is_page and _is_word(text, tag):
            literal.add(tag.start)
    return literal


def _is_only_words(begin: _Tag, inside: str) -> bool:
    """Whether what a pair of tags is around shows that the tags are words, too."""
    is_told_of = begin.name.lower() in _TOLD_OF and "=" not in begin.attributes
    return is_told_of and bool(inside.strip()) and not _CODE_MARKS.search(inside)


def _is_word(text: str, tag: _Tag) -> bool:
    """Whether a tag without its other half is a word of the text."""
    name = tag.name.lower()
    before = text[text.rfind("\n", 0, tag.start) + 1 : tag.start].rstrip(" \t")
    begins = not before or before.endswith(">")
    if tag.is_end:
        return text[tag.start - 1].isspace() and not begins and text[tag.after : tag.after + 1] not in {"", "\n", "<"}
    if name in _VOID:
        return name not in _SELF_EVIDENT and "=" not in tag.attributes
    if name in _OPEN_BLOCKS:
        return "=" not in tag.attributes and not begins
    return "=" not in tag.attributes or _NOT_HTML_NAME.search(tag.name) is not None


def _escaped(text: str, literal: set[int]) -> str:
    parts, done = [], 0
    for start in sorted(literal):
        parts += [text[done:start], "&lt;"]
        done = start + 1
    return "".join([*parts, text[done:]]) if parts else text
