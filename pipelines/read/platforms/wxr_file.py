from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, BinaryIO, Final

from pipelines.posts.post import EXCERPT_CHARACTERS, HTML, WORDPRESS, RawPost, Reject
from pipelines.read.csv.lines import RECORD_LIMIT
from pipelines.read.fields.record import post_of
from pipelines.read.xml.xml_records import BrokenXml, XmlRecord, read_xml_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VERSION, _AUTHOR, _ITEM, _ENTRY = "wp:wxr_version", "wp:author", "item", "entry"
_TAGS = frozenset({_VERSION, _AUTHOR, _ITEM, _ENTRY})
_BLOGGER_KIND: Final = "http://schemas.google.com/blogger/2008/kind#"
_POST, _PUBLISHED = "post", "publish"
_PATHS = frozenset(
    """
    wp:author_login wp:author_display_name
    wp:post_id guid link title dc:creator wp:post_date pubDate category content:encoded wp:status wp:post_type
    wp:post_password
    id published author/name content blogger:type blogger:status app:control/app:draft
    """.split()
)
"""The texts that are read. None is in a `wp:comment`, so that its writer's name, address and words stay out."""


def read_wxr_file(stream: BinaryIO, *, source: str) -> Iterator[RawPost | Reject]:
    """Streams the posts of a WordPress export (WXR 1.0 to 1.2) or a Blogger export (Atom).

    Whatever is no published post is a reject. So is each place where the file is not well-formed XML, unless the record
    there can be mended. Any other XML file is one reject.
    """
    authors: dict[str, str] = {}
    broken_before: list[Reject] = []
    position = 0
    known = False
    for record in read_xml_records(stream, tags=_TAGS, paths=_PATHS):
        if isinstance(record, BrokenXml):
            position += 1
            reject = _broken(record, source=source, position=position)
            if known:
                yield reject
            else:
                broken_before.append(reject)
            continue
        if not known and not _is_exported(record):
            break
        if not known:
            known = True
            yield from broken_before
        if record.tag == _AUTHOR:
            authors[record.texts.get("wp:author_login", "")] = record.texts.get("wp:author_display_name", "")
        elif record.tag != _VERSION:
            position += 1
            yield _read_record(record, authors=authors, source=source, position=position)
    if not known:
        value = broken_before[0].value if broken_before else ""
        yield Reject(source=source, position=0, stage="read", reason="not a WordPress export", value=value)
    elif not position:
        yield Reject(source=source, position=0, stage="read", reason="empty file")


def _broken(record: BrokenXml, *, source: str, position: int) -> Reject:
    texts = record.texts
    return Reject(
        source=source,
        position=position,
        post_id=(texts.get("wp:post_id", "") or texts.get("id", "")).strip(),
        stage="read",
        reason="broken XML",
        value=f"line {record.line}: {record.message}",
        excerpt=unescape(texts.get("title", "")).strip()[:EXCERPT_CHARACTERS],
    )


def _is_exported(record: XmlRecord) -> bool:
    """Whether a record is of an export, and not of a feed."""
    return record.tag in {_VERSION, _AUTHOR} or "wp:post_type" in record.texts or bool(_entry_kind(record))


def _read_record(record: XmlRecord, *, authors: Mapping[str, str], source: str, position: int) -> RawPost | Reject:
    cells = _item_cells(record, authors) if record.tag == _ITEM else _entry_cells(record)

    def reject(reason: str, *, value: str = "", threshold: str = "", excerpt: str = "") -> Reject:
        return Reject(
            source=source,
            position=position,
            post_id=str(cells["id"]),
            stage="read",
            reason=reason,
            value=value,
            threshold=threshold,
            excerpt=excerpt[:EXCERPT_CHARACTERS],
        )

    kind, status = str(cells["type"]), str(cells["status"])
    if kind != _POST:
        return reject("not a post", value=kind)  # nothing of a comment's writer
    if status != _PUBLISHED:
        return reject("not published", value=status, excerpt=str(cells["title"]))
    if record.too_long:
        return reject("record too long", threshold=str(RECORD_LIMIT), excerpt=str(cells["title"]))
    kind = WORDPRESS if record.tag == _ITEM else HTML
    return post_of(cells, source=source, position=position, content_kind=kind)


def _item_cells(record: XmlRecord, authors: Mapping[str, str]) -> dict[str, str | list[str]]:
    texts = record.texts
    login = texts.get("dc:creator", "")
    labels: dict[str, list[str]] = {"category": [], "tags": []}
    for attributes, text in record.categories:
        field = {"category": "category", "post_tag": "tags", "tag": "tags"}.get(attributes.get("domain", "category"))
        if field:
            labels[field].append(unescape(text).strip() or attributes.get("nicename", ""))
    return {
        "id": texts.get("wp:post_id", "") or texts.get("guid", "") or texts.get("link", ""),
        "title": unescape(texts.get("title", "")),  # WordPress stores its own names with entities
        "author": unescape(authors.get(login, "") or login),
        "date": texts.get("wp:post_date", "") or texts.get("pubDate", ""),
        "content": texts.get("content:encoded", ""),
        "status": "password" if texts.get("wp:post_password") else texts.get("wp:status", _PUBLISHED).strip(),
        "type": texts.get("wp:post_type", _POST).strip(),
        **labels,
    }


def _entry_cells(record: XmlRecord) -> dict[str, str | list[str]]:
    texts = record.texts
    is_draft = texts.get("app:control/app:draft") == "yes" or texts.get("blogger:status", "LIVE") != "LIVE"
    terms = [attributes.get("term", "") for attributes, _ in record.categories]
    return {
        "id": texts.get("id", ""),
        "title": texts.get("title", ""),
        "author": texts.get("author/name", ""),
        "date": texts.get("published", ""),
        "content": texts.get("content", ""),
        "status": "draft" if is_draft else _PUBLISHED,
        "type": _entry_kind(record),
        "tags": [term for term in terms if not term.startswith(_BLOGGER_KIND)],
    }


def _entry_kind(record: XmlRecord) -> str:
    terms = (attributes.get("term", "") for attributes, _ in record.categories)
    kinds = [term.removeprefix(_BLOGGER_KIND) for term in terms if term.startswith(_BLOGGER_KIND)]
    return record.texts.get("blogger:type", "").lower() or next(iter(kinds), "")
