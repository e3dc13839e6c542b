"""Turns inline HTML into light Markdown: links, code and images; all other inline tags are dropped."""

from __future__ import annotations

import re
from urllib.parse import quote

from pipelines.clean.wide_breaks import without_wide_breaks

BREAK = "\x1e"
"""Stands for `<br>` and counts as white space; cleaned text holds no control characters of its own."""

IMAGE_EDGE = "\0"
"""Stands before and after an image, so that a paragraph with other words can drop the image."""

BLOCK_TAGS = (
    "address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul"
).split()

ATTRIBUTES = r'(?: [^\s>][^\s>=]*="[^"]*")*(?: /)?'
"""Attributes as lexbor and cmark write them: always quoted, whatever their names (`=` may begin one)."""

ANY_TAG = re.compile(rf"</?[a-z][^\s>]*{ATTRIBUTES}>")

_KEPT = "|".join(["p", "li", "a", "td", "code", "h2", "ul", "br", "img", *BLOCK_TAGS])  # the commonest first
_OTHER_TAG = rf"/?(?!(?:{_KEPT})[ >])[a-z][^\s>]*{ATTRIBUTES}>"
_DROPPED = re.compile(rf"<(?:{_OTHER_TAG}|!--.*?-->|[!?][^>]*>)", re.DOTALL)
_RARE = re.compile("<(?=su|[!?])")
_INDEX = re.compile(rf"<(sup|sub){ATTRIBUTES}>([\d+−-]+)</\1>")
_RAISED, _LOWERED = (str.maketrans("0123456789+-−", signs) for signs in ("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻", "₀₁₂₃₄₅₆₇₈₉₊₋₋"))
_INLINE = re.compile(
    rf"<(?:a(?P<link>{ATTRIBUTES})>(?P<anchor>[^<]*(?:<(?!/a>)[^<]*)*)</a>"
    rf"|code{ATTRIBUTES}>(?P<code>[^<]*(?:<(?!/code>)[^<]*)*)</code>"
    rf"|img(?P<image>{ATTRIBUTES})>"
    rf"|(?P<line_break>br){ATTRIBUTES}>"
    rf"|{_OTHER_TAG})"
)
_BREAK_TAG = re.compile(rf"<br{ATTRIBUTES}>")
_WIDE_SPACE = re.compile("[\u1680\u2000-\u200a\u205f\u3000]")
_HREF, _SRC, _ALT = (re.compile(rf' {name}="([^"]*)"') for name in ("href", "src", "alt"))
_PLAIN_HREF = re.compile(r' href="((?!(?i:javascript|vbscript|data):)[^\s()<>\\"]+)"')
_ADDRESS = re.compile(r"(?!(?:javascript|vbscript|data):)[^\s()<>\\]+", re.IGNORECASE)
_BREAKS_A_LINK = re.compile(r"[\s()<>\\]")

_IMAGE = re.compile(f"{IMAGE_EDGE}([^{IMAGE_EDGE}]*){IMAGE_EDGE}")
_LINK = r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*\)"
_ONLY_LINKS = re.compile(rf"(?:(?:{_LINK}|https?://\S+)(?:\s+|$))+")
_CODE_OR_LINK = re.compile(rf"(`[^`]*`)|{_LINK}")


def without_comments(html: str) -> str:
    """Serialised HTML without comments, and with numbers in `<sup>` and `<sub>` as characters such as `²`."""
    if not _RARE.search(html):
        return html
    return without_other_tags(
        _INDEX.sub(lambda index: index[2].translate(_RAISED if index[1] == "sup" else _LOWERED), html)
    )


def without_other_tags(html: str) -> str:
    """Serialised HTML without comments and without the tags for which light Markdown has no mark."""
    return _DROPPED.sub("", html)


def light_markdown(html: str) -> str:
    """Turns links, inline code and images in HTML into light Markdown; block tags and entities stay.

    Inline tags for which light Markdown has no mark are dropped.
    """
    return _INLINE.sub(_inline, html)


def decoded(text: str) -> str:
    """Decodes the entities that lexbor and cmark write; they write no others."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")
    return text.replace("&amp;", "&")


def one_line(text: str) -> str:
    """The text with each run of white space as one space, and without white space at its ends."""
    # As `" ".join(text.split())`, which takes twice the time, though few texts need it.
    if not text.isascii():
        text = without_wide_breaks(text.replace(BREAK, "\n") if BREAK in text else text)
    line = text.strip().replace("\n", " ").replace("\t", " ").replace(BREAK, " ")
    return " ".join(line.split()) if "  " in line or (not line.isascii() and _WIDE_SPACE.search(line)) else line


def without_images(text: str, *, unless_alone: bool) -> str:
    """The text without its images; with `unless_alone`, a text of nothing but links and images keeps them."""
    shown = _IMAGE.sub(r" \1 ", text).strip()
    return shown if unless_alone and is_only_links(shown) else _IMAGE.sub(" ", text)


def is_only_links(text: str) -> bool:
    """Whether the text is one or more links, images or bare addresses and nothing else."""
    return text.startswith(("[", "!", "http")) and _ONLY_LINKS.fullmatch(text) is not None


def without_links(text: str) -> str:
    """Replaces each link by its words, except in inline code."""
    return _CODE_OR_LINK.sub(r"\1\2", text) if "](" in text else text


def _inline(element: re.Match[str]) -> str:
    match element.lastgroup:
        case "anchor":
            return _link(element["link"], element["anchor"])
        case "code":
            return _code(element["code"])
        case "image":
            return _image(element["image"])
        case "line_break":
            return BREAK
    return ""


def _code(code: str) -> str:
    code = (ANY_TAG.sub("", _BREAK_TAG.sub(" ", code)) if "<" in code else code).strip()
    if "`" not in code:
        return f"`{code}`" if code else ""
    fence = "`" * (1 + max(map(len, re.findall("`+", code))))
    return f"{fence} {code} {fence}"


def _image(attributes: str) -> str:
    address = _address(_SRC.search(attributes))
    alt = _ALT.search(attributes)
    return f"{IMAGE_EDGE}![{alt[1] if alt else ''}]({address}){IMAGE_EDGE}" if address else ""


def _link(attributes: str, anchor: str) -> str:
    if "<" in anchor:
        anchor = light_markdown(anchor)
    plain = _PLAIN_HREF.match(attributes)
    address = plain[1] if plain else _address(_HREF.search(attributes))
    if not address or "<" in anchor:  # a block within a link has no place in light Markdown, its words have
        return anchor
    words = _IMAGE.sub("", anchor).replace(BREAK, " ") if IMAGE_EDGE in anchor or BREAK in anchor else anchor
    text = words.strip()
    if not text:
        images = anchor.replace(IMAGE_EDGE, "").strip()
        return f"{IMAGE_EDGE}[{images}]({address}){IMAGE_EDGE}" if images else ""
    if address == text or address == f"mailto:{text}":  # noqa: PLR1714 - a set takes twice the time
        return text
    return words.replace(text, f"[{text}]({address})")


def _address(attribute: re.Match[str] | None) -> str:
    if not attribute or _ADDRESS.fullmatch(attribute[1]):
        return attribute[1] if attribute else ""
    address = _BREAKS_A_LINK.sub(lambda mark: quote(mark[0]), attribute[1].strip())
    return address if _ADDRESS.fullmatch(address) else ""
