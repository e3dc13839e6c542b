"""Finds the article of a whole web page, without menus, side bars, comments and footers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from selectolax.lexbor import LexborHTMLParser

from pipelines.clean.nesting import shallow

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_PAGE = re.compile(r"(?:\s|<!--(?:[^-]|-(?!->))*-->|<\?[^>]*>)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)

_BODIES: Final = (
    '[itemprop~="articleBody"]',  # schema.org
    ".e-content",  # microformats.org, h-entry
    ".entry-content, .entry",  # hAtom, and the themes of WordPress
    ".post-content, .post-body, .article-body, .article-content, .gh-content, .blog-item-content, .post_content",
    "article",
    'main, [role="main"]',
    "#content",
)
"""Selectors by which pages mark their article, the most reliable first."""

_AROUND: Final = (
    "nav, aside, footer, form, dialog, [role=navigation], [role=complementary], [role=contentinfo], [role=search], "
    ".comments, .comment-list, .commentlist, .sidebar, .widget, .breadcrumb, .breadcrumbs, .related, .entry-meta, "
    ".post-meta, .postmetadata, .byline, .post-footer, .entry-footer, .author-box, .author-bio, .tags, .post-tags, "
    ".cookie-notice, .newsletter, .meta, .posted-on, .post-info, .article-meta, .menu, .navbar, .pager, .prev-next, "
    ".post-nav, .pagination, "
    "#header, #masthead, #nav, #navigation, #site-navigation, #menu, #sidebar, #secondary, #footer, #colophon, "
    ".site-header, .site-footer"
)
"""Elements that are no part of an article, whether within it or around it."""

_UNREAD: Final = "head, script, style, noscript, template, iframe"
_SHARE: Final = 0.4
"""The least share of a page's text, without `_AROUND` and headers, that an article holds; a marked part with less is an
excerpt. Chosen by us."""


_LONG = 150
"""The fewest letters of a page for readability, which takes lists of short pages for menus."""


def is_page(html: str) -> bool:
    """Whether HTML begins like a whole page, and not like a piece of one."""
    return _PAGE.match(html) is not None


def main_content(html: str) -> str:
    """The HTML of a page's article: the marked part, else what readability finds, else all but menus and such."""
    tree = LexborHTMLParser(shallow(html))
    body = tree.body
    if body is None:
        return html
    _drop(body, _UNREAD)
    words = _words_of_forms(body)
    _drop(body, _AROUND if not words else _AROUND.replace("form, ", ""))
    whole = _length(body) - sum(map(_length, _outermost(body, "header")))
    for mark in _BODIES:
        found = _chosen(body, mark)
        if found and sum(map(_length, found)) > _SHARE * whole:
            return "".join(each.html or "" for each in found)
    found_by_reading = _readable(body.html or "", least=_SHARE * whole) if whole >= _LONG else ""
    return found_by_reading or _without_headers(body)


def _words_of_forms(body: LexborNode) -> bool:
    """Whether most of the page is inside a form, as in ASP.NET."""
    return any(_length(form) > _length(body) / 2 for form in body.css("form"))


def _drop(node: LexborNode, selector: str) -> None:
    for each in node.css(selector):
        if each.tag not in {"body", "main", "article"}:
            each.decompose()


def _chosen(body: LexborNode, mark: str) -> list[LexborNode]:
    """The outermost elements with a mark; if one of several has half of their text, that one alone."""
    found = _outermost(body, mark)
    lengths = [_length(each) for each in found]
    most = max(lengths, default=0)
    return [found[lengths.index(most)]] if 2 * most >= sum(lengths) > 0 else found


def _outermost(body: LexborNode, mark: str) -> list[LexborNode]:
    found: list[LexborNode] = []
    for each in body.css(mark):
        parent = each.parent
        while parent is not None and not any(parent == other for other in found):
            parent = parent.parent
        if parent is None:
            found.append(each)
    return found


def _length(node: LexborNode) -> int:
    return len("".join((node.text() or "").split()))


def _readable(html: str, *, least: float) -> str:
    # Imported here because they take 0.1 s, and most pages mark their article.
    from lxml.etree import LxmlError  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415
    from readability.readability import Unparseable  # noqa: PLC0415

    try:
        found = Document(f"<html><body>{html}</body></html>").summary(html_partial=True)
    except (Unparseable, LxmlError, ValueError):
        return ""
    tree = LexborHTMLParser(found)
    return found if tree.body is not None and _length(tree.body) > least else ""


def _without_headers(body: LexborNode) -> str:
    for header in body.css("header"):
        if not header.css_first("h1"):
            header.decompose()
    return body.html or ""
