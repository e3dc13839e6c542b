"""Turns WordPress's content into HTML: replaces shortcodes by their words, and blank lines by paragraphs."""

from __future__ import annotations

import html
import re
from base64 import b64decode
from binascii import Error as Base64Error
from bisect import bisect
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTINGS: Final = frozenset(
    "actionscript as3 bash c cc cci cceN clojure code coldfusion cpp crayon csharp css delphi diff erlang fsharp go"
    " groovy haskell highlight html java javafx javascript js jscript matlab objc pastacode perl php plain"
    " powershell prism python py r ruby scala shell source sourcecode sql swift text ts typescript vb vbnet xml yaml"
    " yml".split()
)
"""Shortcodes around code, of SyntaxHighlighter Evolved, CodeColorer (`cc`), Crayon, Prism and Pastacode."""

_CORE: Final = frozenset("audio caption embed gallery playlist video wp_caption".split())
"""WordPress's own shortcodes (developer.wordpress.org, Shortcode API)."""

_FAMILIES: Final = re.compile(
    "(?:vc|et_pb|et|fusion|av|avia|tve|tcb|thrive|fl|ls|rev|x|cs|mk|us|kc|tatsu|themify|so|siteorigin|cmsmasters|dt|"
    "nectar|ux|wpbakery|ultimate|mpc|kk|wpb|su|wpforms|gravityform|ninja_form|formidable|contact-form|contact-form-7|"
    "mc4wp|woocommerce|products?|add_to_cart|jetpack|instagram-feed|smartslider3|rev_slider|elementor-template|"
    "ngg|nggallery|tablepress|table|toc|ez-toc|lwptoc|print_link|social|sharethis|subscribe2?|"
    "googlemaps|youtube|vimeo|soundcloud|spotify|tweet|twitter|instagram|slideshare|wpvideo|polldaddy|recent-posts)"
    "(?:[_-][\\w-]+)?"
)
"""The names of shortcodes of page builders (WPBakery, Divi, Avada, Enfold, Thrive, Beaver, Cornerstone, Impreza,
Themify, KingComposer, SiteOrigin, Nectar, Flatsome, Ultimate) and of common plugins; a mark of such a
name is a shortcode even if it stands alone."""

_SHOWN: Final = {
    **dict.fromkeys(("caption", "wp_caption"), ("caption",)),
    **dict.fromkeys(("vc_custom_heading", "vc_text_separator"), ("text", "title")),
    "vc_cta": ("h2", "h4"),
    **dict.fromkeys(("vc_tta_section", "vc_tab", "vc_accordion_tab", "vc_toggle", "vc_message"), ("title",)),
    **dict.fromkeys(("et_pb_blurb", "et_pb_cta", "et_pb_toggle", "et_pb_accordion_item", "et_pb_tab"), ("title",)),
    **dict.fromkeys(("et_pb_fullwidth_header", "et_pb_slide"), ("title", "heading", "subhead")),
    **dict.fromkeys(("fusion_tab", "fusion_toggle"), ("title",)),
    **dict.fromkeys(("av_heading", "av_toggle", "av_tab"), ("heading", "title")),
    **dict.fromkeys(("su_spoiler", "su_tab", "su_box", "toggle", "tab", "accordion-item"), ("title",)),
}
"""Attributes whose words a reader sees, such as captions in WordPress before 3.4 and headings in builders."""

_RAW_HTML: Final = "vc_raw_html"
_NO_WORDS: Final = frozenset({"vc_raw_js", "et_pb_code", "gallery", "playlist", "youtube", "vimeo", "googlemaps"})
"""Shortcodes around scripts or names of films, whose content is dropped."""

_NAME = r"[A-Za-z][\w-]*"
_QUOTE = r"&(?:quot|\#8220|\#8221|\#8243|\#34);"
_VALUE = (
    rf'"[^"\[]*(?:\[(?!/)[^"\[]*)*"|\'[^\'\[]*\'|[“”″][^“”″\[]*[“”″]|{_QUOTE}(?:(?!{_QUOTE})[^\[\]])*{_QUOTE}'
    rf"|(?!{_QUOTE}|[“”″])[^\s\[\]\"'<>]+"
)
_ATTRIBUTE = re.compile(rf"([\w:-]+)[ \t]*=[ \t]*({_VALUE})")
_MARK = re.compile(
    rf"""
    <(?P<element>pre|code|script|style)\b[^<]*(?:<(?!/?(?P=element)\b)[^<]*)*</(?P=element)\s*>
    |\[\[(?P<escaped>/?{_NAME}[^\[\]\n]*)\]\]
    |\[(?P<end>/?)(?P<name>{_NAME})
      (?P<attributes>(?:=[^\s\[\]]+)?(?:\s+(?:https?://[^\s\[\]]+|[\w:-]+[\ \t]*=[\ \t]*(?:{_VALUE})|[^\s\[\]=]+))*)
      \s*(?P<void>/?)\](?!\()
    """,
    re.VERBOSE | re.DOTALL,
)
_ADDRESS = re.compile(r"\s*https?://\S+")
_LINE_BEGINS = re.compile(r"[ \t]*(?:<p\b[^<>]*>[ \t]*)?")
_LINE_ENDS = re.compile(r"[ \t]*(?:</p\s*>)?[ \t]*(?:\n|\Z)")
_BEFORE_WORD = re.compile(r"\w\Z")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#0?39|#8217);")
_LANGUAGE = re.compile(r"""\b(?:lang(?:uage)?|brush)\s*[=:]\s*["']?([\w+#-]+)|\A\s*=\s*["']?([\w+#-]+)""")
_HAS_MARK = re.compile(rf"\[/?{_NAME}")

_LITERAL = re.compile(
    r"<(?P<element>pre|script|style|textarea|svg)\b[^<]*(?:<(?!/?(?P=element)\b)[^<]*)*</(?P=element)\s*>|<!--.*?-->",
    re.DOTALL | re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n(?:(?:&nbsp;|[^\S\n])*\n)+")


def with_paragraphs(text: str) -> str:
    """Writes two `<br>` for each blank line, except in `<pre>` and the like; WordPress's wpautop makes paragraphs so.

    A single line break stays and is read as a space, since a block is one line.
    """
    parts, done = [], 0
    for literal in _LITERAL.finditer(text):
        parts += [_BLANK_LINE.sub("<br><br>", text[done : literal.start()]), literal[0]]
        done = literal.end()
    return "".join([*parts, _BLANK_LINE.sub("<br><br>", text[done:])])


def without_wordpress_shortcodes(text: str) -> str:
    """Removes shortcodes; the text within a pair stays, code as `<pre>`, and so do words shown by attributes.

    A mark in brackets is a shortcode if it has another half, attributes with values, a slash at its end, or a name of
    `_FAMILIES`. So `[sic]` and `arr[0]` are words.
    """
    if not _HAS_MARK.search(text):
        return text
    marks = [mark for mark in _MARK.finditer(text) if not mark["element"]]
    ends: dict[str, list[int]] = {}  # where the ends of each name are among the marks
    for index, mark in enumerate(marks):
        if mark["end"]:
            ends.setdefault(mark["name"], []).append(index)
    paired = {mark["name"] for mark in marks if mark["name"] in ends and not mark["end"]}
    parts: list[str] = []
    done = 0
    for index, mark in enumerate(marks):
        if mark.start() < done:
            continue
        put: str | None
        after = mark.end()
        if mark["escaped"] is not None:
            put = f"[{mark['escaped']}]" if mark["escaped"].lstrip("/").split()[0] in paired | _CORE else None
        elif not mark["end"] and (mark["name"].lower() in _LISTINGS | _NO_WORDS | {_RAW_HTML}):
            put, after = _whole(text, marks, index, ends)
        else:
            put = _shown(mark) if _is_shortcode(text, mark, paired) else None
        if put is not None:
            parts += [text[done : mark.start()], put]
            done = after
    return "".join([*parts, text[done:]])


def _whole(text: str, marks: list[re.Match[str]], index: int, ends: Mapping[str, list[int]]) -> tuple[str | None, int]:
    """The replacement of a pair around code or around no words, and the index of its end."""
    begin = marks[index]
    name = begin["name"]
    places = ends.get(name, [])
    place = bisect(places, index)
    if place == len(places):
        alone = bool(begin["attributes"] or begin["void"]) or _FAMILIES.fullmatch(name) or name.lower() in _CORE
        return ("" if alone and _is_shortcode(text, begin, set()) else None), begin.end()
    end = marks[places[place]]
    inside = text[begin.end() : end.start()]
    if name == _RAW_HTML:
        return _decoded(inside), end.end()
    if name.lower() not in _LISTINGS:
        return "", end.end()
    return _listing(name, begin["attributes"], inside), end.end()


def _listing(name: str, attributes: str, code: str) -> str:
    """The code as HTML; some plugins store it with entities, others without."""
    found = _LANGUAGE.search(attributes)
    language = (found[1] or found[2]) if found else "" if name.lower() in _NEUTRAL else name.lower()
    if _ENTITY.search(code):
        code = html.unescape(code)
    shown = html.escape(code.removeprefix("\n"), quote=False).rstrip()
    return f'\n\n<pre><code class="language-{language}">{shown}\n</code></pre>\n\n'


_NEUTRAL: Final = frozenset("cc cci code crayon highlight pastacode plain prism source sourcecode text".split())


def _is_shortcode(text: str, mark: re.Match[str], paired: set[str]) -> bool:
    name, attributes = mark["name"], mark["attributes"]
    if _FAMILIES.fullmatch(name.lower()):
        is_written_so = attributes or mark["end"] or mark["void"] or "_" in name or "-" in name
        begin = text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()]
        if is_written_so or (_LINE_BEGINS.fullmatch(begin) and _LINE_ENDS.match(text, mark.end())):
            return True
    if mark["end"]:
        return name in paired or name.lower() in _CORE
    if _BEFORE_WORD.search(text[max(0, mark.start() - 1) : mark.start()]) and name not in paired:
        return False
    return (
        name in paired
        or name.lower() in _CORE
        or bool(mark["void"])
        or _ATTRIBUTE.search(attributes) is not None
        or attributes.startswith("=")
        or _ADDRESS.match(attributes) is not None
    )


def _shown(mark: re.Match[str]) -> str:
    """The words of a mark that readers see, as a paragraph by themselves."""
    name = mark["name"].lower()
    if mark["end"] or name not in _SHOWN:
        # A mark stands between words only where it formats them.
        return "" if len(name) == 1 or not ("_" in name or "-" in name) else "\n\n"
    values = dict(_ATTRIBUTE.findall(mark["attributes"]))
    words = [html.unescape(values[key]).strip("\"'“”″ ") for key in _SHOWN[name] if key in values]
    return "".join(f"\n\n{html.escape(each, quote=False)}\n\n" for each in words if each)


def _decoded(encoded: str) -> str:
    """HTML that WPBakery keeps as Base64 of a percent encoding."""
    try:
        return f"\n\n{unquote(b64decode(encoded.strip(), validate=True).decode())}\n\n"
    except (Base64Error, ValueError):
        return ""
