"""Removes template marks of Hugo, Jekyll, kramdown and WordPress before a text is read as Markdown or HTML."""

from __future__ import annotations

import html
import re

from pipelines.clean.code_spans import CODE_SPANS

_WORDPRESS = "audio|caption|code|embed|gallery|playlist|soundcloud|sourcecode|video|vimeo|youtube"
_MORE = re.compile(r"<!--\s*(?:more|nextpage)\b[^\n]*?-->(?=\S)")
"""The mark for the end of a summary or page in WordPress and Hugo, with words after it in the same line."""

_ENTITY = re.compile("&(?:lt|gt|amp|quot);")
_BRACED = re.compile(r"\{[{%:#]")
_BRACKETED = re.compile(rf"\[/?(?:{_WORDPRESS})\b")


def _up_to(mark: str) -> str:
    """A pattern for the text before the next brace with such a mark, be it an end or the begin of another pair.

    If it went on to the end mark alone, each of many pairs left open would be searched to the end of the post.
    """
    return rf"[^{{]*(?:\{{(?!{mark}\b)[^{{]*)*"


_ATTRIBUTE = r"""[\w.\#/][\w:.\#-]*(?:=(?:"[^"\n]*"|[^\s}"]+))?"""
_TOKEN = re.compile(
    rf"""{CODE_SPANS}|\{{(?:
    (?P<listing>
        %-?\s*highlight\s{_up_to(r"%-?[ ]*(?:end)?highlight")}\{{%-?\s*endhighlight\s*-?%\}}
      | %-?\s*codeblock\b{_up_to(r"%-?[ ]*(?:end)?codeblock")}\{{%-?\s*endcodeblock\s*-?%\}}
      | \{{[<%]\s*highlight\s+[\w"]{_up_to(r"[{][<%][ ]*/?[ ]*highlight")}\{{\{{[<%]\s*/\s*highlight\s*[%>]\}}\}}
    )
  | %-?\s*raw\s*-?%\}}(?P<liquid>{_up_to(r"%-?[ ]*(?:end)?raw")})\{{%-?\s*endraw\s*-?%\}}
  | \{{raw\s+(?P<quote>[`"])(?P<go>(?:(?!\{{\{{raw\s).)*?)(?P=quote)\s*\}}\}}
  | %-?\s*comment\s*-?%\}}{_up_to(r"%-?[ ]*(?:end)?comment")}\{{%-?\s*endcomment\s*-?%\}}
  | %-?\s*[a-z/](?:(?!\{{%|\n\s*\n).)*?%\}}
  | \{{(?:(?!\{{\{{|\n\s*\n).)*?\}}\}}
  | (?<!\{{\{{)\#[\w-][^{{}}\n]*\}}                                             # kramdown: an id
  | :\s*{_ATTRIBUTE}(?:(?:\s+|(?<=")){_ATTRIBUTE})*\s*\}}                         # kramdown: attributes
    )|\[(?:
    (?P<wordpress>(?P<tag>sourcecode|code)\b[^\[\]\n]*\][^\[]*(?:\[(?!/?(?P=tag)\b)[^\[]*)*\[/(?P=tag)\])
  | (?:/?(?:caption|embed|gallery|playlist)|/(?:{_WORDPRESS})
      |(?:{_WORDPRESS})[ =][^\[\]\n=/]*[=/][^\[\]\n]*)\](?![(\[:])
    )""",
    re.DOTALL | re.VERBOSE,
)
_LISTING = re.compile(
    r"\W+\w+\s*(?:(?:[^\n%]*\s)?lang\w*[=:])?\W?(?P<language>[\w+#-]*)[^\n]*?(?:%\}|[>%]\}\}|\])[ \t]*\n?"
    r"(?P<lines>.*)(?:\{%|\{\{|\[/).*",
    re.DOTALL,
)


def without_shortcodes(text: str, *, is_markdown: bool = True) -> str:
    """Removes template marks; the text within a pair of them stays, a listing as fenced code or as `<pre>`.

    Code in fences, in backticks, in `<pre>` and in `<code>` stays as it is.
    """
    text = without_more(text)
    if _BRACED.search(text) or _BRACKETED.search(text):
        return _TOKEN.sub(_replacement if is_markdown else _replacement_in_html, f"\n{text}")[1:]
    return text


def without_more(text: str) -> str:
    """Replaces the mark for the end of a summary or page by the end of a paragraph."""
    return _MORE.sub("\n\n", text)


def _replacement(token: re.Match[str]) -> str:
    if token[0][0] not in "{[":
        return token[0]
    if listing := _listing(token):
        return f"\n\n~~~~~~{listing[0]}\n{listing[1]}\n~~~~~~\n\n"
    return token["liquid"] or token["go"] or ""


def _replacement_in_html(token: re.Match[str]) -> str:
    if token[0][0] == "{" and (listing := _listing(token)):
        return f'<pre><code class="language-{listing[0]}">{html.escape(listing[1], quote=False)}\n</code></pre>'
    return _replacement(token)


def _listing(token: re.Match[str]) -> tuple[str, str] | None:
    """The language and the lines of code in a pair of marks; None if the mark holds no listing."""
    if not (token["listing"] or token["wordpress"]) or not (listing := _LISTING.fullmatch(token[0])):
        return None
    lines = listing["lines"].rstrip()
    if token["wordpress"] and _ENTITY.search(lines):  # as SyntaxHighlighter Evolved stores code
        lines = html.unescape(lines)
    return listing["language"], lines
