"""The edits that what was decoded around a text proposes, and a choice among them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vae.edited_text import EditedText
from vae.edits import edits
from vae.variation import NAMES, TERMS
from vae.word_hashes import bare

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from vae.edit_scores import EditScores
    from vae.edits import Edit

TERM_COUNT, TERM_LOG_P = 3, -8.0
"""A word that a text repeats so often, and whose log p in the corpus is lower, is what the text is about."""

LOWEST = -4.0
"""Edits with a lower score are no choice at all."""

VARIETY = 1.0
"""Scale, in nats, of the Gumbel noise by which the variations of one text choose differently."""

SWEEPS = 4
"""Times that edits are judged again, in the text as it then stands, while too little has changed."""


class Decoded(NamedTuple):
    """Of one segment: whole texts, and for each of its words others with their log p there."""

    tries: Sequence[str] = ()
    choices: Sequence[Mapping[str, float]] = ()


class Proposals(NamedTuple):
    """Of one segment: its words and the edits that may be made in them, with their scores there."""

    words: tuple[str, ...]
    edits: tuple[Edit, ...]
    scores: NDArray[np.float32]


def propose(
    sources: Sequence[str],
    decoded: Sequence[Decoded],
    scores: EditScores,
    *,
    keep: Collection[str],
    kept: frozenset[str] = frozenset(),
) -> list[Proposals]:
    """The edits of each masked segment of a text, from what was decoded around it; none touches a `kept` word."""
    kept = kept | _terms(sources, scores) if TERMS in keep else kept
    found: list[Proposals] = []
    for source, (tries, choices) in zip(sources, decoded, strict=True):
        words = tuple(source.split())
        whole = [text.split() for text in dict.fromkeys(tries)]
        distinct = edits(words, whole, choices, kept=kept, names=NAMES in keep)
        judged = scores(EditedText(words), distinct)
        usable = np.flatnonzero(judged > LOWEST)
        found.append(Proposals(words, tuple(distinct[place] for place in usable), judged[usable]))
    return found


def choose(
    proposals: Sequence[Proposals],
    scores: EditScores,
    *,
    budget: float,
    random: np.random.Generator,
    banned: Sequence[str] = (),
) -> list[str]:
    """The segments with the best of their edits made: of all segments together, so many that `budget` words change.

    Edits stand at least a word apart; where that leaves too little, those left are judged again beside those made.
    They bring no `banned` word or phrase, neither one by itself nor several together.
    """
    texts = [EditedText(each.words, banned=banned) for each in proposals]
    noise = [VARIETY * random.gumbel(size=len(each.edits)) for each in proposals]
    judged: Sequence[NDArray[np.floating]] = [each.scores + more for each, more in zip(proposals, noise, strict=True)]
    changed = 0
    for sweep in range(SWEEPS):
        if sweep:
            judged = _judge_again(proposals, texts, scores, noise)
        taken = _sweep(proposals, texts, judged, budget - changed)
        changed += taken
        if not taken or changed >= budget - 0.5:  # no edit would bring the words that changed nearer to the budget
            break
    return [str(text) for text in texts]


def _sweep(
    proposals: Sequence[Proposals], texts: Sequence[EditedText], judged: Sequence[NDArray[np.floating]], budget: float
) -> int:
    """Makes edits in order of score, none beside another of this sweep: the words that changed."""
    order = sorted(
        (-float(score), place, number)
        for place, of_segment in enumerate(judged)
        for number, score in enumerate(of_segment)
        if score > LOWEST
    )
    changed = 0
    made: list[Counter[int]] = [Counter() for _ in texts]
    for _, place, number in order:
        if changed >= budget:
            break
        edit = proposals[place].edits[number]
        beside = any(made[place][word] for word in range(edit.start - 1, edit.end + 1))
        closer = abs(changed + edit.size - budget) < abs(changed - budget)
        if closer and not beside and texts[place].free(edit):
            texts[place].make(edit)
            made[place].update(range(edit.start, edit.end))
            changed += edit.size
    return changed


def _judge_again(
    proposals: Sequence[Proposals],
    texts: Sequence[EditedText],
    scores: EditScores,
    noise: Sequence[NDArray[np.float64]],
) -> list[NDArray[np.floating]]:
    judged: list[NDArray[np.floating]] = []
    for each, text, more in zip(proposals, texts, noise, strict=True):
        again = np.full(len(each.edits), -np.inf, np.float32)
        free = [number for number, edit in enumerate(each.edits) if text.free(edit)]
        again[free] = scores(text, [each.edits[number] for number in free]) + more[free]
        judged.append(again)
    return judged


def _terms(sources: Sequence[str], scores: EditScores) -> frozenset[str]:
    """The words, bare, that the text is about."""
    often = [
        w for w, n in Counter(bare(word) for source in sources for word in source.split()).items() if n >= TERM_COUNT
    ]
    return frozenset(
        word for word, log_p in zip(often, scores.ngrams.word_log_p(often), strict=True) if log_p < TERM_LOG_P
    )
