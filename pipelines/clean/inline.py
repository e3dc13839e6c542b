"""The inline part of HTML as light Markdown: links, code and images; every other inline tag is dropped."""

from __future__ import annotations

import re
from urllib.parse import quote

BREAK = "\x1e"
"""Stands for `<br>`, and counts as white space; a post holds no control character by then."""

IMAGE_EDGE = "\0"
"""Stands before and after an image, so that a paragraph of more than images can drop it."""

BLOCK_TAGS = (
    "address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul"
).split()

ATTRIBUTES = r'(?: [^\s>]+?="[^"]*")*(?: /)?'
"""Attributes as lexbor and cmark write them: always quoted, whatever their names."""

ANY_TAG = re.compile(rf"</?[a-z][^\s>]*{ATTRIBUTES}>")

_DROPPED = re.compile(
    rf"</?(?!(?:a|br|code|img|{'|'.join(BLOCK_TAGS)})[ >])[a-z][^\s>]*{ATTRIBUTES}>|<!--.*?-->|<[!?][^>]*>",
    re.DOTALL,
)
_INDEX = re.compile(rf"<(sup|sub){ATTRIBUTES}>([\d+−-]+)</\1>")
_RAISED, _LOWERED = (str.maketrans("0123456789+-−", signs) for signs in ("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻", "₀₁₂₃₄₅₆₇₈₉₊₋₋"))
_BREAK_TAG = re.compile(rf"<br{ATTRIBUTES}>")
_CODE = re.compile(rf"<code{ATTRIBUTES}>(.*?)</code>", re.DOTALL)
_IMAGE_TAG = re.compile(rf"<img({ATTRIBUTES})>")
_LINK_TAG = re.compile(rf"<a({ATTRIBUTES})>(.*?)</a>", re.DOTALL)
_HREF, _SRC, _ALT = (re.compile(rf' {name}="([^"]*)"') for name in ("href", "src", "alt"))
_ADDRESS = re.compile(r"(?!(?:javascript|vbscript|data):)[^\s()<>\\]+", re.IGNORECASE)
_BREAKS_A_LINK = re.compile(r"[\s()<>\\]")

_IMAGE = re.compile(f"{IMAGE_EDGE}([^{IMAGE_EDGE}]*){IMAGE_EDGE}")
_LINK = r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*\)"
_ONLY_LINKS = re.compile(rf"(?:(?:{_LINK}|https?://\S+)(?:\s+|$))+")
_CODE_OR_LINK = re.compile(rf"(`[^`]*`)|{_LINK}")


def without_other_tags(html: str) -> str:
    """Serialised HTML without comments and without the tags for which light Markdown has no mark."""
    if "<su" in html:
        html = _INDEX.sub(lambda index: index[2].translate(_RAISED if index[1] == "sup" else _LOWERED), html)
    return _DROPPED.sub("", html)


def light_markdown(html: str) -> str:
    """HTML whose links, inline code and images have become light Markdown; block tags and entities stay."""
    if "<code" in html:
        html = _CODE.sub(_code, html)
    if "<img" in html:
        html = _IMAGE_TAG.sub(_image, html)
    if "<br" in html:
        html = _BREAK_TAG.sub(BREAK, html)
    return _LINK_TAG.sub(_link, html) if "<a" in html else html


def decoded(text: str) -> str:
    """The text with the entities decoded that lexbor and cmark leave; no others are in what they write."""
    if "&" not in text:
        return text
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")
    return text.replace("&amp;", "&")


def without_images(text: str, *, unless_alone: bool) -> str:
    """The text without its images, or with them if it is nothing but links and images and these may stand alone."""
    shown = _IMAGE.sub(r" \1 ", text).strip()
    return shown if unless_alone and is_only_links(shown) else _IMAGE.sub(" ", text)


def is_only_links(text: str) -> bool:
    """Whether the text is one or more links, images or bare addresses and nothing else."""
    return text.startswith(("[", "!", "http")) and _ONLY_LINKS.fullmatch(text) is not None


def without_links(text: str) -> str:
    """The text with each link replaced by its anchor, but in inline code."""
    return _CODE_OR_LINK.sub(r"\1\2", text) if "](" in text else text


def _code(element: re.Match[str]) -> str:
    code = ANY_TAG.sub("", _BREAK_TAG.sub(" ", element[1])).strip()
    if "`" not in code:
        return f"`{code}`" if code else ""
    fence = "`" * (1 + max(map(len, re.findall("`+", code))))
    return f"{fence} {code} {fence}"


def _image(element: re.Match[str]) -> str:
    address = _address(_SRC.search(element[1]))
    alt = _ALT.search(element[1])
    return f"{IMAGE_EDGE}![{alt[1] if alt else ''}]({address}){IMAGE_EDGE}" if address else ""


def _link(element: re.Match[str]) -> str:
    anchor = element[2]
    address = _address(_HREF.search(element[1]))
    if not address or "<" in anchor:  # a block within a link has no place in light Markdown, its words have
        return anchor
    words = _IMAGE.sub("", anchor).replace(BREAK, " ") if IMAGE_EDGE in anchor or BREAK in anchor else anchor
    text = words.strip()
    if not text:
        images = anchor.replace(IMAGE_EDGE, "").strip()
        return f"{IMAGE_EDGE}[{images}]({address}){IMAGE_EDGE}" if images else ""
    if address in {text, f"mailto:{text}"}:
        return text
    return words.replace(text, f"[{text}]({address})")


def _address(attribute: re.Match[str] | None) -> str:
    if not attribute or _ADDRESS.fullmatch(attribute[1]):
        return attribute[1] if attribute else ""
    address = _BREAKS_A_LINK.sub(lambda mark: quote(mark[0]), attribute[1].strip())
    return address if _ADDRESS.fullmatch(address) else ""
