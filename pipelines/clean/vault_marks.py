"""Removes marks of Obsidian, MDX, Docusaurus, VuePress, Pandoc and MkDocs that CommonMark would read as words."""

from __future__ import annotations

import re

from pipelines.clean.code_spans import CODE_SPANS
from pipelines.clean.inline import BLOCK_TAGS

_QUICK = [
    re.compile(sign)
    for sign in (
        *(r"\[(?:\[|!\w|TOC\]|toc\])", r"\{:toc", r"\^[0-9a-z]{6}[ \t]*(?:\n|\Z)", "%%", "==", r"\{/\*", "<[A-Z]"),
        r"\n(?:[ \t]*:::|(?:!!!|\?\?\?\+?|===)[ ]|(?:import|export)\b|```+\{)",
    )
]
"""Tried one after the other, these take a fifth of the time that they take as alternatives of one pattern."""


_PHRASES = "a audio b br code em font i iframe img input script select span strong style svg tt u video".split()
_JSX_VALUE = r"""(?:"[^"<]*"|'[^'<]*'|\{(?:[^{}]|\{[^{}]*\})*\})"""
_INDENTED = r"(?:\n(?:(?:[ ]{4}|\t)[^\n]*|[ \t]*(?=\n(?:[ \t]*\n)*(?:[ ]{4}|\t))))*"
_MARKS = rf"""
    !\[\[[^\[\]\n]+\]\]  # an embedded file (Obsidian)
  | \^(?<=[ \t]\^)[0-9a-z]{{6}}(?=[ \t]*(?:\n|\Z))  # the name of a paragraph (Obsidian)
  | \n[ \t]*\[(?:TOC|toc)\][ \t]*(?=\n|\Z)  # a table of contents (Python-Markdown)
  | \n[*+-][ \t][^\n]*\n\{{:toc[^}}\n]*\}}  # a table of contents (kramdown)
  | \[\[(?P<link>[^\[\]\n]+)\]\](?![(\[])
  | %(?<![\w%].)%(?:(?=\s)[^%]*(?:%(?!%)[^%]*)*(?<=\s)
        |(?=[^\s%])[^%]*(?:%(?!%)[^%]*)*(?<=\S))%%(?![\w%])  # a comment (Obsidian)
  | =(?<![=\w!<>].)=(?=[^\s=])(?P<marked>[^=\n]*[^\s=])==(?![=\w])  # highlighted (Obsidian)
  | \n(?P<quote>[ \t]*(?:>[ \t]*)+)\[!(?P<callout>[\w-]+)[^\]\n]*\][+-]?[ \t]*(?P<title>[^\n]*)
        # a callout (Obsidian, GitHub)
  | \n[ \t]*:::+[ \t]*(?:\{{[^}}\n]*\}}|(?P<container>[\w-]+)(?:\[(?P<label>[^\]\n]*)\])?
        (?:[ \t]*\{{[^}}\n]*\}})?)?(?P<name>[^\n]*)  # Docusaurus, VuePress, Pandoc
  | \n(?:!!!|\?\?\?\+?|===)[ \t]+(?:(?P<admonition>[\w-]+(?:[ ][\w-]+)*)[ \t]*)?
        (?:"(?P<heading>[^"\n]*)")?[ \t]*(?=\n|\Z)(?P<inside>{_INDENTED})  # MkDocs, Python-Markdown
  | \nimport[ \t]+(?:[\w*{{][^;'"]{{0,999}}?[ \t\n]from[ \t]*)?["'][^"'\n]+["'][ \t]*;?[ \t]*(?=\n|\Z)  # MDX
  | \nexport[ \t]+(?:const|let|var|default|function|async|class|\{{|\*)[^\n]*(?:\n(?![ \t]*\n)[^\n]*)*   # MDX
  | \{{/\*[^*{{]*(?:(?:\*(?!/)|\{{(?!/\*))[^*{{]*)*\*/[ \t]*\}}  # a comment (MDX)
  | <(?P<end>/?)(?P<component>(?!(?i:{"|".join([*BLOCK_TAGS, *_PHRASES])})[\s/>])[A-Z][\w.]*)
        (?P<attributes>(?:\s+[\w:-]+(?:={_JSX_VALUE})?)*)\s*(?P<void>/?)>
"""
_TOKEN = re.compile(rf"{CODE_SPANS}|{_MARKS}", re.DOTALL | re.VERBOSE)
"""Each alternative begins with a plain character, so that a search passes quickly over what begins none."""

_COMPONENT_ENDS = re.compile(r"</([A-Z][\w.]*)\s*>")
_NO_NAME = re.compile(r"[\d\s,.;-]*")
_TABLE_OF_CONTENTS = frozenset({"toc", "_TOC_", "TOC"})
_INDENT = re.compile(r"^(?: {4}|\t)", re.MULTILINE)
_OPTIONS = re.compile(r"\A(?::[\w-]+:[^\n]*\n)+")
_DIRECTIVE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?:note|warning|tip|important|caution|attention|danger|error|hint|seealso|admonition)\}"
    r"[ \t]*(?P<title>[^\n]*)\n(?P<inside>(?:(?!(?P=fence))[^\n]*\n)*)(?P=fence)[ \t]*$",
    re.MULTILINE,
)
"""MyST's admonitions, whose fences are around words (myst-parser.readthedocs.io, Admonitions)."""


def without_vault_marks(text: str) -> str:
    """Replaces these marks by the words they show: a link between notes by its alias, a callout by its title.

    Embedded notes, comments, and imports, exports and components of MDX are removed; text within components stays.
    """
    begun = f"\n{text}"
    if not any(sign.search(begun) for sign in _QUICK):
        return text
    if "{" in text and ("```" in text or ":::" in text):
        text = _DIRECTIVE.sub(lambda found: f"\n{found['title']}\n\n{_OPTIONS.sub('', found['inside'])}", text)
    closed = frozenset(_COMPONENT_ENDS.findall(text))

    def shown(token: re.Match[str]) -> str:
        return token[0] if _is_code(token) else _shown(token, closed)

    return _TOKEN.sub(shown, f"\n{text}")[1:]


def _is_code(token: re.Match[str]) -> bool:
    is_comment = token[0].startswith("<!--")
    return is_comment or any(token[group] is not None for group in ("fence", "ticks", "element"))


def _shown(token: re.Match[str], closed: frozenset[str]) -> str:  # noqa: PLR0911 - a line for each mark
    if token["link"]:
        return _name(token["link"], token[0])
    if token["marked"]:
        return token["marked"]
    if token["callout"]:
        quote = token["quote"]
        return f"\n{quote}{token['title']}\n{quote.rstrip()}" if token["title"].strip() else f"\n{quote}"
    if token["name"] is not None:
        words = " ".join(filter(None, (token["label"], token["name"].strip(" :"))))
        return f"\n\n{words}\n"
    if token["inside"] is not None:
        heading = token["heading"]
        if not heading and not token["inside"].strip():
            return token[0]
        title = f"{heading}\n\n" if heading else ""
        return f"\n\n{title}{_INDENT.sub('', token['inside'][1:])}\n"
    if token["component"]:
        is_one = token["void"] or token["component"] in closed or "=" in token["attributes"]
        return "" if is_one else token[0]
    return "\n" if token[0].startswith("\n") else ""


def _name(link: str, written: str) -> str:
    """The words that a link between notes shows: its alias, or the note's name without folders and the heading."""
    target, bar, alias = link.partition("|")
    if link in _TABLE_OF_CONTENTS:
        return ""
    if _NO_NAME.fullmatch(link) or link != link.strip():
        return written
    if bar and alias.strip():
        return alias.strip()
    note, _, heading = target.partition("#")
    shown = [note.rpartition("/")[2].removesuffix(".md"), "" if heading.startswith("^") else heading.replace("#", " ")]
    return " > ".join(filter(None, (each.strip() for each in shown)))
