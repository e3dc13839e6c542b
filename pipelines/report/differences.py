"""A source text and its variation as aligned passages, the words that differ marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup

_PUNCTUATION = r".,;:!?()\[\]\"“”…、。，！？"
_BREAK = r"\n[^\S\n]*\n\s*"
_TOKEN = re.compile(rf"({_BREAK}|[{_PUNCTUATION}]+|[^\s{_PUNCTUATION}]+)((?:(?!{_BREAK})\s)*)")
"""A paragraph break, a run of punctuation or a word, then the space after it."""
_PARAGRAPH_END = "\n\n"


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of the source beside the stretch of the variation it became; most often one paragraph."""

    source: Markup
    variation: Markup
    changed: bool


def compare(source: str, variation: str) -> list[Passage]:
    """The two texts cut at every paragraph break they share, words gone in `<del>`, words new in `<ins>`.

    Words are compared, the space between them is not. The passages hold each text whole but for the space at its
    start and the shared breaks; every text is escaped.
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
    """What is compared: the word itself, and any paragraph break as one and the same."""
    return _PARAGRAPH_END if token[0].isspace() else token[0]


def _marked(mark: Markup, tokens: list[tuple[str, str]]) -> Markup:
    """The tokens in the mark, the space around them left outside it."""
    text = "".join(word + gap for word, gap in tokens)
    words = text.strip()
    if not words:
        return Markup.escape(text)
    opening, _, closing = text.partition(words)
    return Markup("{}{}{}").format(opening, mark.format(words), closing)
