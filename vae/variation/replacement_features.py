"""What is known of a replacement of words, as numbers: all that a ranker weighs, in this one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae.language.human_substitutes import human_substitutes
from vae.variation import contextual_similarity
from vae.variation.contextual_similarity import SpanSubstitution
from vae.variation.words import bare_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.language.human_substitutes import HumanSubstitutes
    from vae.language.language import Language
    from vae.language.sentence_encoder import SentenceEncoder
    from vae.variation.replacement import Replacement

LOWEST = -12.0
"""Log p below it counts as it: how impossible an impossible word is says nothing more."""

MODEL = ("near new", "near gain", "far new", "far gain", "used", "meant", "used and meant", "no vectors")
REWORDED = ("reworded",)
LEXICON = ("same", "above", "sibling", "opposite", "share of use", "other form", "unknown", "phrase")
NAMED = ("named", "share named", "asked", "named back", "never named")
READER = contextual_similarity.SIMILARITY_COLUMNS
"""Columns of `by_model`, `by_revisions`, `by_lexicon`, `by_people` and `by_reader`."""


def by_model(replacements: Sequence[Replacement]) -> NDArray[np.float64]:
    """What the masked model and the vectors of its pieces say, in any language: (n, MODEL)."""
    rows = []
    for each in replacements:
        near_new, near_old, far_new, far_old = (
            max(LOWEST, value) for value in (each.near_new, each.near_old, each.far_new, each.far_old)
        )
        log_p = (near_new, near_new - near_old, far_new, far_new - far_old)
        unknown = float(each.used == each.meant == 0)
        rows.append((*log_p, each.used, each.meant, each.used * each.meant, unknown))
    return _rows(rows, MODEL)


def by_revisions(words: Sequence[str], replacements: Sequence[Replacement], language: Language) -> NDArray[np.float64]:
    """Whether authors made the exchange when they revised their prose: (n, REWORDED)."""
    rows = []
    for each in replacements:
        old, new = " ".join(bare_words(words[each.start : each.end])).casefold(), " ".join(each.new)
        old, new = old.replace("’", "'"), new.replace("’", "'")
        rows.append((float(any(one.new == new for one in language.rewordings.get(old, ()))),))
    return _rows(rows, REWORDED)


def by_lexicon(words: Sequence[str], replacements: Sequence[Replacement], language: Language) -> NDArray[np.float64]:
    """How a lexicon relates old and new: (n, LEXICON). A phrase is looked up as a whole."""
    rows = []
    for each in replacements:
        old, new = " ".join(bare_words(words[each.start : each.end])), " ".join(each.new)
        related = language.lexicon.related(old, new) if language.lexicon else None
        relation, share = (related.relation, related.share) if related else ("", 0.0)
        form = language.same_form(old, new)
        rows.append(
            (
                *(float(relation == name) for name in LEXICON[:4]),
                share if relation == "same" else 0.0,
                float(form is False),
                float(form is None),
                float(len(each.new) > 1),
            )
        )
    return _rows(rows, LEXICON)


def by_people(
    words: Sequence[str], replacements: Sequence[Replacement], language: Language, named: HumanSubstitutes | None = None
) -> NDArray[np.float64]:
    """What people named elsewhere for the old words: (n, NAMED). `named` instead of all that is known of a language."""
    table = human_substitutes(language) if named is None else named
    rows = []
    for each in replacements:
        old = language.lemmas(" ".join(bare_words(words[each.start : each.end])))
        evidence = table.evidence(old, language.lemmas(" ".join(each.new)))
        rows.append((*evidence, float(evidence.log_named == evidence.log_reverse == 0)))
    return _rows(rows, NAMED)


def by_reader(
    words: Sequence[str], replacements: Sequence[Replacement], encoder: SentenceEncoder
) -> NDArray[np.float64]:
    """How a sentence encoder reads old and new words where they stand: (n, READER)."""
    starts = np.cumsum([0, *(len(word) + 1 for word in words)])
    candidates = []
    for each in replacements:
        # Marks around the words stay where they are; of marks inside a phrase it reads the whole phrase.
        first, last = words[each.start], words[each.end - 1]
        start = int(starts[each.start]) + max(0, first.find(bare_case(first)))
        end = int(starts[each.end - 1]) + max(0, last.find(bare_case(last))) + len(bare_case(last))
        candidates.append(SpanSubstitution(start, max(end, start + 1), _cased(each.new, bare_case(first))))
    return contextual_similarity.context_cosines(encoder, " ".join(words), candidates).double().numpy()


def bare_words(words: Sequence[str]) -> tuple[str, ...]:
    """Words in their case, without marks around them."""
    return tuple(bare_case(word) for word in words)


def _cased(new: Sequence[str], old: str) -> str:
    text = " ".join(new)
    return text[:1].upper() + text[1:] if old[:1].isupper() else text


def _rows(rows: Sequence[tuple[float, ...]], columns: Sequence[str]) -> NDArray[np.float64]:
    return np.array(rows, np.float64).reshape(len(rows), len(columns))
