"""Template marks of Hugo, Jekyll, kramdown and WordPress, taken out before the text is read as Markdown or HTML."""

from __future__ import annotations

import re

from pipelines.clean.code_spans import CODE

_WORDPRESS = "audio|caption|code|embed|gallery|playlist|soundcloud|sourcecode|video|vimeo|youtube"
_BRACKETED = re.compile(rf"\[/?(?:{_WORDPRESS})\b")
_TOKEN = re.compile(
    rf"""(?=[\n`~<{{\[])(?:
    (?P<code>{CODE})
  | (?P<listing>
        \{{%-?\s*highlight\s.*?endhighlight\s*-?%\}}
      | \{{\{{[<%]\s*highlight\s+[\w"].*?/\s*highlight\s*[%>]\}}\}}
      | \[(?P<tag>sourcecode|code)\b[^\]\n]*\].*?\[/(?P=tag)\]
    )
  | \{{%-?\s*raw\s*-?%\}}(?P<liquid>.*?)\{{%-?\s*endraw\s*-?%\}}
  | \{{\{{raw\s+(?P<quote>[`"])(?P<go>.*?)(?P=quote)\s*\}}\}}
  | \{{%-?\s*comment\s*-?%\}}.*?endcomment\s*-?%\}}
  | \{{%-?\s*[a-z/](?:(?!\{{%|\n\s*\n).)*?%\}}
  | \{{\{{(?:(?!\{{\{{|\n\s*\n).)*?\}}\}}
  | (?<!\{{)\{{\#[\w-][^{{}}\n]*\}}                                              # kramdown: an id
  | \{{:\s*(?:[\w.\#/][\w:.\#-]*(?:=(?:"[^"\n]*"|[^\s}}"]+))?\s*)+\}}            # kramdown: attributes
  | \[(?:/?(?:caption|embed|gallery|playlist)|/(?:{_WORDPRESS})|(?:{_WORDPRESS})[ =][^\]\n]*[=/][^\]\n]*)\](?![(\[:])
    )""",
    re.DOTALL | re.VERBOSE,
)
_LISTING = re.compile(
    r"\W+\w+\s*(?:lang\w*=)?\W?(?P<language>[\w+#-]*)[^\n]*?(?:%\}|[>%]\}\}|\])[ \t]*\n?"
    r"(?P<lines>.*)(?:\{%|\{\{|\[/).*",
    re.DOTALL,
)


def without_shortcodes(text: str) -> str:
    """The text without template marks; what a pair of them encloses stays, a listing as fenced code.

    Code in fences, in backticks, or in `<pre>` and `<code>`, is left as it is.
    """
    if _BRACKETED.search(text) or any(mark in text for mark in ("{{", "{%", "{:", "{#")):
        return _TOKEN.sub(_replacement, f"\n{text}")[1:]
    return text


def _replacement(token: re.Match[str]) -> str:
    if token["listing"] and (listing := _LISTING.fullmatch(token["listing"])):
        return f"\n\n~~~~~~{listing['language']}\n{listing['lines'].rstrip()}\n~~~~~~\n\n"
    return token["code"] or token["liquid"] or token["go"] or ""
