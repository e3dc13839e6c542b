"""Patterns that match code in raw posts, so that rules which rewrite text can skip it."""

from __future__ import annotations

_FENCE_ENDS = r"[ \t>]*(?P=fence)[`~]*[ \t]*(?=\n|\Z)"
_TICKS_END = r"(?<!`)`(?P=ticks)(?!`)"

MARKDOWN_CODE = (
    r"\n(?=[`~ \t>*+\d-])[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}|~{3,})[^`\n]*\n"
    rf"[^\n]*(?:\n(?!{_FENCE_ENDS})[^\n]*)*(?:\n{_FENCE_ENDS}|\Z)"
    rf"|`(?P<ticks>`*)[^`\n]*(?:(?:\n(?!\s*\n)|(?!{_TICKS_END})`)[^`\n]*)*{_TICKS_END}"
)
"""Alternatives for code in fences and in backticks, written to scan line by line for speed; see `CODE_SPANS`."""

CODE_SPANS = (
    rf"{MARKDOWN_CODE}"
    r"|<(?P<element>pre|code)\b[^<]*(?:<(?!(?P=element)\b|/(?P=element)>)[^<]*)*</(?P=element)>"
    r"|<!--[^<-]*(?:(?:<(?!!--)|-(?!->))[^<-]*)*-->"
)
"""Alternatives (for `re.DOTALL`) for code in fences, in backticks, in `<pre>` and `<code>`, and for comments.

Each begins with a plain character, so that a search passes quickly over what begins none. The text must begin with a
line end, for a fence is known by the one before it.
"""
