"""Removes parts of a post's HTML that are not the post: forms, buttons, share and related links, hidden parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_CLASSES: Final = (
    *("subscription-widget-wrap", "button-wrap"),  # Substack's forms and buttons
    *("sharedaddy", "jp-relatedposts", "jp-post-flair", "wpcnt", "wpa"),  # Jetpack
    *("addtoany_", "heateor_sss", "ssba-", "swp_social", "sfsi_", "shareaholic-", "a2a_kit", "at-share", "mashsb"),
    *("yarpp", "crp_related", "rp4wp", "wp-block-jetpack-", "wp-block-post-navigation", "wp-block-comments"),
    *("post-share", "share-buttons", "social-share", "sharing-buttons", "share-links", "social-buttons"),
    *("related-posts", "relatedposts", "post-navigation", "nav-links", "pagination"),
    *("screen-reader-text", "visually-hidden", "sr-only", "katex-html", "MathJax_Preview"),
    *("linenos", "lineno", "linenodiv", "line-numbers-rows", "line-numbers-wrapper", "gutter", "blob-num"),  # code
    *("anchorjs-link", "headerlink", "header-anchor", "heading-anchor"),
)
"""Parts of class names: of the plugins for sharing and related posts most installed by WordPress.org's list, of themes,
of hidden words, and of line numbers by highlighters (Pygments, Rouge, Prism, SyntaxHighlighter)."""

_WHOLE_CLASSES: Final = ("lnt", "ln")
"""Classes of Chroma's line numbers, which are matched as whole names."""

_IDS: Final = ("jp-relatedposts", "comments", "respond", "disqus_thread")
_HIDDEN: Final = (
    "[hidden]",
    *(f'[style*="{rule}" i]' for rule in ("display:none", "display: none", "visibility:hidden", "visibility: hidden")),
)
_SELECTOR: Final = ", ".join(
    [
        *(f'[class*="{name}"]' for name in _CLASSES),
        *(f".{name}" for name in _WHOLE_CLASSES),
        *(f'[id="{name}"]' for name in _IDS),
        *_HIDDEN,
    ]
)
_MAY_BE: Final = "[class], [id], [style], [hidden]"
_CLASS: Final = re.compile(r"""class\s*=\s*("[^"]*|'[^']*|[^\s>]*)""")
_OF_CHROME: Final = re.compile("|".join([*map(re.escape, _CLASSES), *_WHOLE_CLASSES]).lower())
_ID_OR_RULE: Final = [
    re.compile(sign)
    for sign in (rf"""=\s*["']?\s*(?:{"|".join(map(re.escape, _IDS)).lower()})""", r"hidden[^<>]*>", r"display:\s*none")
]

_ANCHOR: Final = re.compile(r"<a\b[^<>]*>\s*(?:#|¶|§|🔗|&para;|&sect;|&#182;)?\s*</a>\s*|<pre")
_ANCHOR_WORDS: Final = frozenset({"", "#", "¶", "§", "🔗"})
_HEADING_LINKS: Final = ", ".join(f"h{level} a" for level in range(1, 7))


def show_tex(tree: LexborHTMLParser) -> None:
    """Replaces scripts of TeX by their TeX, unless MathJax has already set the formula before them."""
    for script in tree.css('script[type^="math/tex"]'):
        before = script.prev
        if before is None or "MathJax" not in (before.attributes.get("class") or ""):
            script.replace_with(script.text().strip())


def drop_chrome(tree: LexborHTMLParser, html: str) -> None:
    """Removes such parts from the tree of some HTML; a formula given in several forms keeps its TeX alone."""
    if "<annotation" in html:
        for annotation in tree.css('annotation[encoding="application/x-tex"]'):
            _replace_by_tex(annotation)
    if tree.css_first(_MAY_BE) and _may_name_chrome(html.lower()):
        for node in tree.css(_SELECTOR):
            if node.tag not in {"html", "body", "main", "article"}:
                node.decompose()
    if "<h" in html and _ANCHOR.search(html):
        for link in tree.css(_HEADING_LINKS):
            if link.text().strip() in _ANCHOR_WORDS and not link.css_first("img"):
                link.decompose()


def _may_name_chrome(html: str) -> bool:
    """A quick test whether the selector, which is slow, may find anything."""
    classes = "\n".join(set(_CLASS.findall(html)))
    return _OF_CHROME.search(classes) is not None or any(sign.search(html) for sign in _ID_OR_RULE)


def _replace_by_tex(annotation: object) -> None:
    node = annotation
    while node is not None and node.tag != "math":  # type: ignore[attr-defined]
        node = node.parent  # type: ignore[attr-defined]
    if node is not None:
        node.replace_with(annotation.text().strip())  # type: ignore[attr-defined]
