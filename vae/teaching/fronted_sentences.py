"""Finds sentences whose authors put a part first, and moves that part back to the end.

From these, and from sentences without such a part, `train_moves` learns which last parts authors would put first.
"""

from __future__ import annotations

import json
import lzma
import re
from typing import TYPE_CHECKING, NamedTuple

from vae.variation.moves import SUBJECTS, openers_of
from vae.variation.words import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vae.language.language import Language

_SHORTEST, _LONGEST = 6, 32
"""Least and most words of a sentence."""

LONGEST_PART = 12
"""Most words of the part put first."""

PLAIN_FOR_ONE = 2
"""Sentences without such a part that are kept for each sentence with one."""

_PLAIN = re.compile(r"[A-Z][\w '’,-]*\.")


class FrontedSentence(NamedTuple):
    """A sentence in plain order, and the place from which on its words were put first by its author; -1 for none."""

    words: tuple[str, ...]
    place: int


def fronted_sentences(revisions: Path, language: Language) -> list[FrontedSentence]:
    """Returns the new sentences of simple structure from a file of revisions (JSON lines, xz).

    Sentences with a part put first come before those without, each sorted.
    """
    with lzma.open(revisions, "rt", encoding="utf-8") as lines:
        sentences = sorted({" ".join(json.loads(line)["new"].split()) for line in lines})
    simple = list(_simple_sentences(sentences, language))
    fronted = [sentence for sentence in simple if sentence.place >= 0]
    plain = [sentence for sentence in simple if sentence.place < 0]
    step = max(1, len(plain) // (PLAIN_FOR_ONE * max(1, len(fronted))))
    return [*fronted, *plain[::step]]


def _simple_sentences(sentences: Iterable[str], language: Language) -> Iterator[FrontedSentence]:
    """Yields sentences without a comma, and those whose only comma ends a part put first, which goes to the end."""
    openers = openers_of(language)
    for sentence in sentences:
        words = sentence.split()
        if not _PLAIN.fullmatch(sentence) or not _SHORTEST <= len(words) <= _LONGEST:
            continue
        plain = [bare(word).replace("’", "'") for word in words]
        commas = [place + 1 for place, word in enumerate(words) if word.endswith(",")]
        if not commas and plain[0] not in openers:
            yield FrontedSentence(tuple(words), -1)
        elif len(commas) == 1 and plain[0] in openers and 1 < commas[0] <= LONGEST_PART:
            cut = commas[0]
            if len(words) - cut > 2 and language.kinds.get(plain[cut]) in SUBJECTS:
                part, rest = words[:cut], words[cut:]
                main = [rest[0][:1].upper() + rest[0][1:], *rest[1:-1], rest[-1].removesuffix(".")]
                moved = [part[0][:1].lower() + part[0][1:], *part[1:-1], part[-1].removesuffix(",") + "."]
                yield FrontedSentence((*main, *moved), len(rest))
