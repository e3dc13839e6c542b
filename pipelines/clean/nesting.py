"""Limits the depth of HTML, since a parser looks through all open elements at every tag."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

DEEPEST: Final = 512
"""The most elements within each other, as in browsers (WHATWG HTML, section 13.2.6, leaves the limit to them)."""

_FEW_TAGS: Final = 5_000
"""So many tags cost a parser a few hundredths of a second at most, even if all are within each other."""

_UNNESTED = (
    "a area base br button col colgroup dd dt embed hr img input li link meta nobr option p param rb rp rt select "
    "source tbody td tfoot th thead tr track wbr circle ellipse line path polygon polyline rect stop use"
).split()
"""Elements without content, also of SVG, and those that close the one before."""

_TAG = re.compile(rf"<(/?)(?!(?i:{'|'.join(_UNNESTED)})\b)([a-zA-Z][^\s/<>]*)[^<>]*>")


def shallow(html: str) -> str:
    """Replaces the tags of elements deeper than `DEEPEST` by `<p>`.

    An element counts from its tag to the next end tag of its name that is left, or to the end.
    """
    if html.count("<") < _FEW_TAGS:
        return html
    open_elements: Counter[str] = Counter()
    depth = 0

    def limited(tag: re.Match[str]) -> str:
        nonlocal depth
        end, name = tag[1], tag[2].lower()
        if end and not open_elements[name]:
            return tag[0]
        before = depth
        depth += -1 if end else 1
        open_elements[name] += depth - before
        return tag[0] if max(before, depth) <= DEEPEST else "<p>"

    return _TAG.sub(limited, html)
