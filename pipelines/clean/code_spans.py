"""Where code stands in a post as it was written: no rule that rewrites text may reach into it."""

from __future__ import annotations

CODE = r"""(?x:
    \n[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}|~{3,})[^`\n]*\n
        .*? (?:\n[ \t>]*(?P=fence)[`~]*[ \t]*(?=\n|\Z)|\Z)
  | (?P<ticks>`+)(?:[^\n]|\n(?!\s*\n))+?(?<!`)(?P=ticks)(?!`)
  | <(?P<element>pre|code)\b(?:(?!<(?P=element)\b).)*?</(?P=element)>
  | <!--(?:(?!<!--).)*?-->
)"""
"""A pattern (with `re.DOTALL`) for code in fences, in backticks, in `<pre>` and `<code>`, and for comments.

The text must begin with a line end, for a fence is known by the one before it.
"""
