"""Reads the post and its metadata from the HTML pages that Medium, Tumblr and Notion export, one page a post."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from pipelines.read.fields.dates import iso_date
from pipelines.read.fields.publication import is_published
from pipelines.read.html_page import PageFacts

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_MEDIUM = re.compile(r"data-field=[\"']?body\b")
_NOTION = re.compile(r"<article\b[^<>]*\bclass=[\"']page (?:sans|serif|mono)\b")
_TUMBLR = re.compile(r"<span[^<>]*\bid=[\"']?timestamp\b")
_ELLIPSIS = "…"


@dataclass(frozen=True, kw_only=True)
class PlatformPage(PageFacts):
    """The facts of a page of an export; `refused` is a reject's reason and value if the page is no published post."""

    refused: tuple[str, str] | None = None


def platform_page(page: str) -> PlatformPage | None:
    """Reads a page of an export of Medium, Tumblr or Notion; None for any other page."""
    if _MEDIUM.search(page):
        return _medium_page(page)
    if _TUMBLR.search(page):
        return _tumblr_page(page)
    if _NOTION.search(page):
        return _notion_page(page)
    return None


def _medium_page(page: str) -> PlatformPage | None:
    """Reads title, author and date around the body, which repeats title and subtitle at its begin.

    A draft has no date of publication. A response has no title; the begin of its text stands in its place.
    """
    tree = LexborHTMLParser(page)
    body = tree.css_first('[data-field="body"]')
    if body is None:
        return None
    title, subtitle = _words(tree.css_first("h1.p-name")), _words(tree.css_first('[data-field="subtitle"]'))
    own_title = tree.css_first('[data-field="body"] .graf--title')
    for name, known in (("title", title), ("subtitle", subtitle)):
        for node in body.css(f".graf--{name}")[:1]:
            if _words(node) == known or name == "title":
                node.decompose()
    _drop_first_rule(body)
    published = tree.css_first("time.dt-published")
    refused = None
    if published is None:
        refused = ("not published", "draft")
    elif own_title is None and _begins_so(_words(body), title):
        refused = ("not a post", "response")
    return PlatformPage(
        content=body.inner_html or "",
        title=title,
        author=_words(tree.css_first("a.p-author")),
        date=iso_date((published.attributes.get("datetime") or "") if published else ""),
        refused=refused,
    )


def _tumblr_page(page: str) -> PlatformPage:
    tree = LexborHTMLParser(page)
    date = _words(tree.css_first("#timestamp"))
    tags = tuple(_words(node) for node in tree.css("#footer .tag"))
    heading = tree.css_first("body > h1")
    title = _words(heading)
    for node in tree.css("#footer, body > h1"):
        node.decompose()
    return PlatformPage(
        content=(tree.body.inner_html or "") if tree.body else "",
        title=title,
        date=iso_date(date),
        tags=tuple(tag for tag in tags if tag),
    )


def _notion_page(page: str) -> PlatformPage | None:
    """Reads the title, the table of properties and the body."""
    tree = LexborHTMLParser(page)
    body = tree.css_first(".page-body")
    if body is None:
        return None
    properties = {
        _words(row.css_first("th")).lower(): row.css_first("td") for row in tree.css("table.properties .property-row")
    }

    def values(*names: str) -> list[str]:
        cells = [properties[name] for name in names if name in properties]
        return [
            _words(each)
            for cell in cells
            if cell is not None
            for each in (cell.css(".selected-value, .user, time") or [cell])
        ]

    dates = [iso_date(value.lstrip("@")) for value in values("date", "published", "created")]
    status = "".join(values("status")[:1])
    return PlatformPage(
        content=body.inner_html or "",
        title=_words(tree.css_first(".page-title")),
        author=", ".join(values("author", "authors")),
        date=next(filter(None, dates), ""),
        category=tuple(filter(None, values("category", "categories"))),
        tags=tuple(filter(None, values("tags"))),
        refused=None if is_published(status) else ("not published", status),
    )


def _drop_first_rule(body: LexborNode) -> None:
    """Drops the rule that Medium puts before the first section, where it separates nothing."""
    rule = body.css_first("hr")
    if rule is not None and _words(body).startswith(_words(rule.parent)) and not _words(rule.parent):
        rule.decompose()


def _begins_so(text: str, title: str) -> bool:
    begin = title.rstrip(f"{_ELLIPSIS}. ")
    return bool(begin) and text.startswith(begin)


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text(separator=" ").split()) if node is not None else ""
