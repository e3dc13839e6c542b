from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from selectolax.lexbor import LexborHTMLParser

from pipelines.read.fields.dates import iso_date

if TYPE_CHECKING:
    from collections.abc import Iterator

_AUTHORS: Final = (
    *("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author"),
    *("citation_author", "byl"),
)
_DATES: Final = (
    *("article:published_time", "og:article:published_time", "datepublished", "date", "pubdate", "publishdate"),
    *("publish_date", "publish-date", "dc.date.issued", "dc.date", "dcterms.created", "dcterms.date"),
    *("parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_date"),
)
_TITLES: Final = ("og:title", "twitter:title", "dc.title", "citation_title")
"""Names of `<meta>`: Open Graph, Dublin Core, Parse.ly, Sailthru, Google Scholar, and HTML's own `author`."""

_AUTHOR_MARKS: Final = '[itemprop="author"] [itemprop="name"], [itemprop="author"], [rel~="author"], .p-author'
_DATE_MARKS: Final = (
    '[itemprop="datePublished"], time.dt-published, .dt-published, time.entry-date, time.published, time[pubdate], '
    "article time[datetime], main time[datetime]"
)
_SITE_GAP = re.compile(r"\s+(?:[|»«·•–—:‹›~-]|::|\|\|)\s+|:\s+")
_SITE_BAR = re.compile(r"\s+(?:[|»‹]|::)\s+")
_HEADING = re.compile(r"<h1\b[^<>]*>(?P<words>(?:(?!</?h1\b).)*)</h1\s*>", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]*>(?P<words>.*?)</title\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_ADDRESS = re.compile(r"https?://|@\w+\.\w")
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|meta)\b", re.IGNORECASE)
_POSTING: Final = frozenset({"Article", "BlogPosting", "NewsArticle", "TechArticle", "SocialMediaPosting", "Report"})


@dataclass(frozen=True, kw_only=True)
class PageFacts:
    """The metadata that an HTML file gives for its post, and its HTML without the heading that is the title."""

    content: str
    title: str = ""
    author: str = ""
    date: str = ""
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def page_facts(content: str) -> PageFacts:
    """Reads the `<meta>`, JSON-LD, microdata and microformats of a page, or the heading of a piece of HTML.

    The site's name is cut off the title if the heading, `og:site_name` or a bar shows which part it is.
    """
    if not _PAGE.search(content[:4096]):
        named = _TITLE.search(content)
        heading = _words(named["words"]) if named else _only_heading(content)
        return PageFacts(content=_without_heading(content, heading), title=heading)
    tree = LexborHTMLParser(content)
    metas = _metas(tree)
    data = next(_postings(tree), {})
    title = _title(tree, metas, content)
    author = next((each for each in (*_first(metas, _AUTHORS), _name(data.get("author")), _marked(tree)) if each), "")
    dates = (*_first(metas, _DATES), str(data.get("datePublished") or ""), *_times(tree))
    return PageFacts(
        content=_without_heading(content, title),
        title=title,
        author=author,
        date=next(filter(None, map(iso_date, dates)), ""),
        category=tuple(metas.get("article:section", ())),
        tags=tuple(metas.get("article:tag", ())),
    )


def _metas(tree: LexborHTMLParser) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tree.css("meta[content]"):
        attributes = meta.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        if value := " ".join((attributes.get("content") or "").split()):
            found.setdefault(name.lower(), []).append(value)
    return found


def _first(metas: dict[str, list[str]], names: tuple[str, ...]) -> Iterator[str]:
    return (value for name in names for value in metas.get(name, ())[:1] if not _ADDRESS.match(value))


def _title(tree: LexborHTMLParser, metas: dict[str, list[str]], content: str) -> str:
    named = tree.css_first("title")
    written = [*_first(metas, _TITLES), " ".join(named.text().split()) if named else ""]
    title = next(filter(None, written), "") or _only_heading(content)
    headings = {" ".join(heading.text().split()).casefold() for heading in tree.css("h1")}
    site = metas.get("og:site_name", [""])[0].casefold()
    for gap in _SITE_GAP.finditer(title):
        before, after = title[: gap.start()], title[gap.end() :]
        if before.casefold() in headings or (site and after.casefold() == site):
            return before
        if after.casefold() in headings or (site and before.casefold() == site):
            return after
    if title.casefold() in headings:
        return title
    return _SITE_BAR.split(title)[0]


def _only_heading(content: str) -> str:
    """The words of the `<h1>` if there is just one, else ''."""
    found = [_words(heading["words"]) for heading in _HEADING.finditer(content)]
    return found[0] if len(found) == 1 else ""


def _without_heading(content: str, title: str) -> str:
    for heading in _HEADING.finditer(content):
        if title and _words(heading["words"]).casefold() == title.casefold():
            return content[: heading.start()] + content[heading.end() :]
    return content


def _words(written: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", written)).split())


def _postings(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """The articles and blog postings in a page's JSON-LD."""
    for script in tree.css('script[type="application/ld+json"]'):
        try:
            value = json.loads(script.text(), strict=False)
        except (ValueError, RecursionError):
            continue
        graph = value.get("@graph", [value]) if isinstance(value, dict) else value
        for each in graph if isinstance(graph, list) else [graph]:
            kind = each.get("@type") if isinstance(each, dict) else None
            if _POSTING.intersection([kind] if isinstance(kind, str) else kind or ()):
                yield each


def _name(author: Any) -> str:
    if isinstance(author, list):
        return ", ".join(filter(None, map(_name, author)))
    name = author.get("name") if isinstance(author, dict) else author
    return name if isinstance(name, str) and not _ADDRESS.match(name) else ""


def _marked(tree: LexborHTMLParser) -> str:
    for node in tree.css(_AUTHOR_MARKS):
        if words := " ".join((node.attributes.get("content") or node.text()).split()):
            return words if len(words) < 100 else ""
    return ""


def _times(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css(_DATE_MARKS):
        yield node.attributes.get("datetime") or node.attributes.get("content") or node.text()
