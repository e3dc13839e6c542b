from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_CDATA = re.compile(r"<!\[CDATA\[(?:(?!<!\[CDATA\[).)*?\]\]>", re.DOTALL)
_WHOLE_CDATA = re.compile(
    r"(?P<open><(?P<tag>[\w:.-]+)[^<>]*>\s*<!\[CDATA\[)(?P<text>.*?)\]\]>(?=\s*</(?P=tag)\s*>)", re.DOTALL
)
_LONE_END = re.compile(r"\]\]>(?!<!\[CDATA\[)")
_LONE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][\w.-]*|#\d+|#[xX][0-9a-fA-F]+);)")
_LONE_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_REFERENCE = re.compile(r"&#(?:x(?P<hex>[0-9a-fA-F]+)|(?P<decimal>\d+));", re.IGNORECASE)
_COMMENTS = re.compile(r"<wp:comment>.*?(?:</wp:comment>|\Z)", re.DOTALL)
_CATEGORY = re.compile(r"<category(?P<attributes>(?:\s[^<>]*)?)(?:/>|>(?P<text>.*?)</category\s*>)", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_NO_CHARACTER: Final = frozenset({*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF})


def record_end(text: str, tag: str) -> int:
    """The end of the record that begins the text: behind its end tag, or where another begins; -1 if neither is there.

    CDATA sections are not looked at.
    """
    bare = _CDATA.sub(lambda section: " " * len(section[0]), text)
    name = re.escape(tag)
    found = re.compile(rf"</{name}\s*>|(?<!\A)<{name}[\s>]").search(bare, 1)
    if found is None:
        return -1
    return found.end() if found[0].startswith("</") else found.start()


def escaped(text: str) -> str:
    """Escapes each `&` and `<` of a record that is no markup, and each end of CDATA within CDATA."""
    text = _WHOLE_CDATA.sub(lambda cell: f"{cell['open']}{_LONE_END.sub(']]]]><![CDATA[>', cell['text'])}]]>", text)
    parts: list[str] = []
    at = 0
    for section in _CDATA.finditer(text):
        parts += [_escaped_outside(text[at : section.start()]), section[0]]
        at = section.end()
    return "".join([*parts, _escaped_outside(text[at:])])


def texts_between_tags(text: str, paths: Iterable[str]) -> tuple[dict[str, str], bool]:
    """The texts of a broken record's elements, each from its first start tag to its end tag.

    The second value tells whether every element ends that begins. Readers' comments are left out.
    """
    text = _COMMENTS.sub("", text)
    texts: dict[str, str] = {}
    is_whole = True
    for path in paths:
        tag = re.escape(path.rpartition("/")[2])
        start = re.search(rf"<{tag}(?:\s[^<>]*)?(?<!/)>", text)
        if start is None:
            continue
        if end := re.compile(rf"</{tag}\s*>").search(text, start.end()):
            texts[path] = _content(text[start.end() : end.start()])
        else:
            is_whole = False
    return texts, is_whole


def categories_between_tags(text: str) -> list[tuple[dict[str, str], str]]:
    """The attributes and the text of each `category` in a broken record."""
    return [
        (
            {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(found["attributes"])},
            _content(found["text"] or ""),
        )
        for found in _CATEGORY.finditer(_COMMENTS.sub("", text))
    ]


def _content(text: str) -> str:
    """An element's text: the content of CDATA as it is, any other with entities decoded."""
    stripped = text.strip()
    if stripped.startswith("<![CDATA["):
        return stripped.removeprefix("<![CDATA[").removesuffix("]]>").replace("]]]]><![CDATA[>", "]]>")
    return unescape(text)


def _escaped_outside(text: str) -> str:
    text = _LONE_LESS.sub("&lt;", _LONE_AMPERSAND.sub("&amp;", text))
    return _REFERENCE.sub(lambda found: "" if _is_no_character(found) else found[0], text)


def _is_no_character(reference: re.Match[str]) -> bool:
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["decimal"])
    return code in _NO_CHARACTER or code > 0x10FFFF
