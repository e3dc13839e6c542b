"""Aligns a source text and its variation, and marks the words that differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup

_PUNCTUATION = r".,;:!?()\[\]\"“”…、。，！？"
_BREAK = r"\n[^\S\n]*\n\s*"
_TOKEN = re.compile(rf"({_BREAK}|[{_PUNCTUATION}]+|[^\s{_PUNCTUATION}]+)((?:(?!{_BREAK})\s)*)")
"""Matches a paragraph break, a run of punctuation or a word, and then the space after it."""
_PARAGRAPH_END = "\n\n"


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of the source beside the stretch of the variation that it became: in most cases one paragraph."""

    source: Markup
    variation: Markup
    changed: bool


def compared_passages(source: str, variation: str) -> list[Passage]:
    """Cuts both texts at every paragraph break that they share; marks lost words by `<del>` and new ones by `<ins>`.

    Only words are compared, not the space between them. The passages hold both texts, escaped, except for the space at
    their starts and the shared breaks.
    """
    before, after = _TOKEN.findall(source), _TOKEN.findall(variation)
    matcher = SequenceMatcher(
        None, [_word(token) for token in before], [_word(token) for token in after], autojunk=False
    )
    passages: list[Passage] = []
    left, right, changed = Markup(), Markup(), False
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag != "equal":
            left += _marked(Markup("<del>{}</del>"), before[i:i_end])
            right += _marked(Markup("<ins>{}</ins>"), after[j:j_end])
            changed = True
            continue
        for old, new in zip(before[i:i_end], after[j:j_end], strict=True):
            if _word(old) == _PARAGRAPH_END:
                passages.append(Passage(source=left, variation=right, changed=changed))
                left, right, changed = Markup(), Markup(), False
            else:
                left += "".join(old)
                right += "".join(new)
    passages.append(Passage(source=left, variation=right, changed=changed))
    return passages


def _word(token: tuple[str, str]) -> str:
    """The word that is compared; all paragraph breaks are the same word."""
    return _PARAGRAPH_END if token[0].isspace() else token[0]


def _marked(mark: Markup, tokens: list[tuple[str, str]]) -> Markup:
    """The tokens inside the mark; the space around them stays outside."""
    text = "".join(word + gap for word, gap in tokens)
    words = text.strip()
    if not words:
        return Markup.escape(text)
    opening, _, closing = text.partition(words)
    return Markup("{}{}{}").format(opening, mark.format(words), closing)
