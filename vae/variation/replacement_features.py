"""Computes the features of replacements: all numbers that a ranker weighs."""

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
"""A lower log p counts as this: below it, differences say nothing more about a word."""

MODEL = ("near new", "near gain", "far new", "far gain", "used", "meant", "used and meant", "no vectors")
REWORDED = ("reworded",)
LEXICON = ("same", "above", "sibling", "opposite", "share of use", "other form", "unknown", "phrase")
NAMED = ("named", "share named", "asked", "named back", "never named")
READER = contextual_similarity.SIMILARITY_COLUMNS
"""The columns of `by_model`, `by_revisions`, `by_lexicon`, `by_people` and `by_reader`."""


def by_model(replacements: Sequence[Replacement]) -> NDArray[np.float64]:
    """Returns (n, MODEL): what the masked model and the vectors of its pieces say, in any language."""
    rows = []
    for replacement in replacements:
        near_new, near_old = max(LOWEST, replacement.near_new), max(LOWEST, replacement.near_old)
        far_new, far_old = max(LOWEST, replacement.far_new), max(LOWEST, replacement.far_old)
        log_p = (near_new, near_new - near_old, far_new, far_new - far_old)
        used, meant = replacement.used, replacement.meant
        rows.append((*log_p, used, meant, used * meant, float(used == meant == 0)))
    return _rows(rows, MODEL)


def by_revisions(words: Sequence[str], replacements: Sequence[Replacement], language: Language) -> NDArray[np.float64]:
    """Returns (n, REWORDED): whether authors made the same replacement when they revised their prose."""
    rows = []
    for replacement in replacements:
        old, new = _old(words, replacement).casefold(), " ".join(replacement.new)
        old, new = old.replace("’", "'"), new.replace("’", "'")
        rows.append((float(any(rewording.new == new for rewording in language.rewordings.get(old, ()))),))
    return _rows(rows, REWORDED)


def by_lexicon(words: Sequence[str], replacements: Sequence[Replacement], language: Language) -> NDArray[np.float64]:
    """Returns (n, LEXICON): how a lexicon relates the old words to the new. It looks up a phrase as a whole."""
    rows = []
    for replacement in replacements:
        old, new = _old(words, replacement), " ".join(replacement.new)
        related = language.lexicon.related(old, new) if language.lexicon else None
        relation, share = (related.relation, related.share) if related else ("", 0.0)
        same_form = language.same_form(old, new)
        rows.append(
            (
                *(float(relation == name) for name in LEXICON[:4]),
                share if relation == "same" else 0.0,
                float(same_form is False),
                float(same_form is None),
                float(len(replacement.new) > 1),
            )
        )
    return _rows(rows, LEXICON)


def by_people(
    words: Sequence[str], replacements: Sequence[Replacement], language: Language, named: HumanSubstitutes | None = None
) -> NDArray[np.float64]:
    """Returns (n, NAMED): how often people named the new words for the old ones, in other texts.

    Reads `named`, or all that people named in the language if that is None.
    """
    table = human_substitutes(language) if named is None else named
    rows = []
    for replacement in replacements:
        old = language.lemmas(_old(words, replacement))
        evidence = table.evidence(old, language.lemmas(" ".join(replacement.new)))
        rows.append((*evidence, float(evidence.log_named == evidence.log_reverse == 0)))
    return _rows(rows, NAMED)


def by_reader(
    words: Sequence[str], replacements: Sequence[Replacement], encoder: SentenceEncoder
) -> NDArray[np.float64]:
    """Returns (n, READER): how near a sentence encoder finds the new words to the old ones in their sentence."""
    starts = np.cumsum([0, *(len(word) + 1 for word in words)])
    candidates = []
    for replacement in replacements:
        # Marks around the old words stay in the text; marks inside a phrase are replaced with it.
        first, last = words[replacement.start], words[replacement.end - 1]
        start = int(starts[replacement.start]) + max(0, first.find(bare_case(first)))
        end = int(starts[replacement.end - 1]) + max(0, last.find(bare_case(last))) + len(bare_case(last))
        candidates.append(SpanSubstitution(start, max(end, start + 1), _cased(replacement.new, bare_case(first))))
    return contextual_similarity.context_cosines(encoder, " ".join(words), candidates).double().numpy()


def _old(words: Sequence[str], replacement: Replacement) -> str:
    """Returns the old words of a replacement as one text, in their case, without the marks around each."""
    return " ".join(bare_case(word) for word in words[replacement.start : replacement.end])


def _cased(new: Sequence[str], old: str) -> str:
    """Returns the new words as one text, with a capital if the old text begins with one."""
    text = " ".join(new)
    return text[:1].upper() + text[1:] if old[:1].isupper() else text


def _rows(rows: Sequence[tuple[float, ...]], columns: Sequence[str]) -> NDArray[np.float64]:
    """Returns rows as a matrix (n, columns), also if there are none."""
    return np.array(rows, np.float64).reshape(len(rows), len(columns))
