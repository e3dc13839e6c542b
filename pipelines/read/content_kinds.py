from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipelines.posts.post import HTML, LIGHT, MARKDOWN, PLAIN, WORDPRESS
from pipelines.read.fields.publication import comparable
from pipelines.read.files.file_kinds import COMPRESSIONS, suffix_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

SAMPLE_POSTS: Final = 256
SAMPLE_CHARACTERS: Final = 1 << 21
"""How much of a file, from its first post on, is looked at to tell what its contents are written in."""

_LOOKED_AT: Final = 1 << 14
"""How many characters of one post are looked at."""

_SUFFIXES: Final = {
    ".txt": PLAIN,
    ".html": HTML,
    ".htm": HTML,
    **dict.fromkeys((".md", ".markdown", ".mdx", ".mkd", ".mdown"), MARKDOWN),
}
_NAMED: Final = {
    **dict.fromkeys(("html", "bodyhtml", "contenthtml", "htmlcontent"), HTML),
    **dict.fromkeys(("plaintext", "contenttext", "plaincontent", "bodytext"), PLAIN),
    **dict.fromkeys(("markdown", "bodymarkdown", "contentmarkdown", "bodymd"), MARKDOWN),
    "contentencoded": WORDPRESS,
}
"""The kinds that columns' names tell (JSON Feed 1.1, Ghost, dev.to, RSS's content module); `body` tells none."""

_KIND_KEY: Final = "content_kind"
_OURS: Final = "variation_of"
_OUR_COLUMNS: Final = ({"postid", "text", "contentsha256"}, {"text", "variationid"})

_LISTING = re.compile(
    r"<(pre|script|style|code)\b[^<]*(?:<(?!/?\1\b)[^<]*)*</\1\s*>|<!--(?!\s*wp:).*?-->", re.DOTALL | re.IGNORECASE
)
_BUILDER = re.compile(
    r"<!--\s*/?wp:[a-z]|\[/(?:caption|gallery|embed|sourcecode|vc_\w+|et_pb_\w+|fusion_\w+|av_\w+)\]"
    r"|\[(?:caption|gallery|vc_row|et_pb_section|fusion_builder_container)\b[^\[\]\n]*\]",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"</(?:p|div|h[1-6]|ul|ol|li|blockquote|table|section|article|figure|pre)\s*>|<br\b[^<>]*>", re.IGNORECASE
)
_INLINE = re.compile(r"</(?:a|b|i|em|strong|span|u|code|s|sup|sub)\s*>|<img\s[^<>]*src=", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|quot|lt|gt|apos|[lr][sd]quo|[mn]dash|hellip|#\d{2,5}|#x[\da-f]{2,4});", re.IGNORECASE
)
_PARAGRAPH_TAG = re.compile(r"<(?:p|br)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_MARKDOWN = [
    re.compile(sign, re.MULTILINE)
    for sign in (
        *(r"\n {0,3}#{1,6} +\S", r"\n {0,3}(?:```|~~~)", r"\*\*(?<![\w*]\*\*)\S[^*\n]*\*\*(?![\w*])"),
        r"\[[^\[\]\n]*\]\((?:https?:|/|#|\.|mailto:|[\w-]+[./])[^()\n]*\)",
        *(r"\n\[[^\[\]\n]+\]: +\S+", r"\n\|(?: *:?-{3,}:? *\|)+", r"\n\S[^\n]*\n(?:={3,}|-{3,}) *$"),
    )
]
"""Each begins with a plain character, so that a search passes quickly over what begins none."""

_SHARE: Final = 0.1
"""The share of posts that must show marks of a kind. Chosen by us; it is small because posts of one line show none."""

_ENTITY_SHARE: Final = 0.05


def kind_of_text(source: str, fields: Mapping[str, object]) -> str:
    """Tells what a text file is written in: by the key `content_kind`, by its suffix, or by having front matter.

    A `.txt` is plain. One with front matter is Markdown of a static site, or light Markdown that `--export txt` wrote.
    """
    named = str(fields.get(_KIND_KEY, "")).lower()
    if named in {PLAIN, MARKDOWN, HTML, WORDPRESS}:
        return named
    if _OURS in fields:
        return LIGHT
    suffix = suffix_of(source)
    if suffix in COMPRESSIONS:
        suffix = suffix_of(source[: -len(suffix)])
    kind = _SUFFIXES.get(suffix, MARKDOWN)
    return MARKDOWN if kind == PLAIN and fields else kind


def kind_of_column(content: str, names: Collection[str]) -> str:
    """Tells from the names of a table's columns what its content is written in; '' if they do not say."""
    known = {comparable(name) for name in names}
    if comparable(content) == "text" and any(ours <= known for ours in _OUR_COLUMNS):
        return LIGHT
    return _NAMED.get(comparable(content), "")


def kind_of_contents(contents: Iterable[str]) -> str:
    """Tells what a column is written in, by the marks that the contents of its first posts show as a whole.

    A twentieth of posts with WordPress's marks makes it WordPress. Else a tenth with Markdown's marks makes it
    Markdown, which may hold HTML. Else a tenth with tags makes it HTML, or WordPress where blank lines and no tags
    separate paragraphs. Without marks the text is plain.
    """
    shown = [_shown(content[:_LOOKED_AT]) for content in contents]
    total = max(1, len(shown))

    def share(*what: str) -> float:
        return sum(any(each in marks for each in what) for marks in shown) / total

    if share("builder") >= _SHARE / 2:
        return WORDPRESS
    if share("markdown") >= _SHARE:
        return MARKDOWN
    if share("block", "inline") >= _SHARE:
        return WORDPRESS if share("lines") >= _SHARE / 2 else HTML
    return WORDPRESS if share("entity") >= _ENTITY_SHARE else PLAIN


def _shown(content: str) -> Sequence[str]:
    """The marks of kinds that one post shows."""
    marks = ["builder"] if _BUILDER.search(content) else []
    prose = _LISTING.sub(" ", content) if "<" in content else content
    has_blocks = _BLOCK.search(prose) is not None
    if has_blocks or _BLOCK.search(content):
        marks.append("block")
    if _INLINE.search(content):
        marks.append("inline")
    if _ENTITY.search(content):
        marks.append("entity")
    begun, words = f"\n{prose}", prose.strip()
    if not words.startswith("<") and any(sign.search(begun) for sign in _MARKDOWN):
        marks.append("markdown")
    if _BLANK_LINE.search(words) and not _PARAGRAPH_TAG.search(prose):
        marks.append("lines")
    return marks
