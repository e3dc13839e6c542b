"""The pages of the documentation: which files a page links to, and which anchors it has."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token


def links(page: Path) -> list[str]:
    """Returns the targets of a page's links and pictures, but for those on other sites."""
    inline = [child for token in _tokens(page) for child in token.children or ()]
    targets = [str(token.attrGet("href") or token.attrGet("src") or "") for token in inline]
    return [target for target in targets if target and not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """Returns the anchors that GitHub gives to a page's headings."""
    tokens = _tokens(page)
    titles = [text for token, text in pairwise(tokens) if token.type == "heading_open"]
    slugs: set[str] = set()
    for title in titles:
        words = "".join(child.content for child in title.children or ()).lower()
        slug = re.sub(r"[^\w -]", "", words).replace(" ", "-")
        count = sum(re.fullmatch(rf"{re.escape(slug)}(-\d+)?", other) is not None for other in slugs)
        slugs.add(f"{slug}-{count}" if count else slug)
    return slugs


def linked_files(first: Path) -> list[Path]:
    """Returns the files that can be reached by links from this page, itself included, sorted."""
    return sorted(set(_reached(first.resolve(), set())))


def _reached(page: Path, seen: set[Path]) -> Iterator[Path]:
    if page in seen or not page.is_file():
        return
    seen.add(page)
    yield page
    if page.suffix == ".md":
        for link in links(page):
            yield from _reached((page.parent / link.partition("#")[0]).resolve(), seen)


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))
