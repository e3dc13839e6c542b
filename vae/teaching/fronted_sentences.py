"""Sentences that begin with a part put first, with that part back at their end, beside sentences that do not."""

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
"""Words of a sentence."""

LONGEST_PART = 12
"""Words of the part put first, at most."""

PLAIN_FOR_ONE = 2
"""Sentences without such a part that are read for each with one."""

_PLAIN = re.compile(r"[A-Z][\w '’,-]*\.")


class Placed(NamedTuple):
    """Words of a sentence, and the place where the part begins that its author put first; -1 where none was."""

    words: tuple[str, ...]
    place: int


def placed(revisions: Path, language: Language) -> list[Placed]:
    """Of the new sentences of a file of revisions (JSON lines, xz) those of a simple structure, sorted."""
    with lzma.open(revisions, "rt", encoding="utf-8") as lines:
        sentences = sorted({" ".join(json.loads(line)["new"].split()) for line in lines})
    found = list(_placed(sentences, language))
    moved = [each for each in found if each.place >= 0]
    plain = [each for each in found if each.place < 0]
    every = max(1, len(plain) // (PLAIN_FOR_ONE * max(1, len(moved))))
    return [*moved, *plain[::every]]


def _placed(sentences: Iterable[str], language: Language) -> Iterator[Placed]:
    openers = openers_of(language)
    for sentence in sentences:
        words = sentence.split()
        if not _PLAIN.fullmatch(sentence) or not _SHORTEST <= len(words) <= _LONGEST:
            continue
        plain = [bare(word).replace("’", "'") for word in words]
        commas = [place + 1 for place, word in enumerate(words) if word.endswith(",")]
        if not commas and plain[0] not in openers:
            yield Placed(tuple(words), -1)
        elif len(commas) == 1 and plain[0] in openers and 1 < commas[0] <= LONGEST_PART:
            cut = commas[0]
            if len(words) - cut > 2 and language.kinds.get(plain[cut]) in SUBJECTS:
                first, rest = words[:cut], words[cut:]
                begun = rest[0][:1].upper() + rest[0][1:]
                small = first[0][:1].lower() + first[0][1:]
                ended = first[-1].removesuffix(",") + "."
                inner = first[1:-1]
                yield Placed((begun, *rest[1:-1], rest[-1].removesuffix("."), small, *inner, ended), len(rest))
