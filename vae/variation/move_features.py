"""Computes the features of moves: all numbers that their rankers weigh."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vae.language.moving import Moving
from vae.variation.fronting import LAYERS
from vae.variation.move import SWAP, TO_END, TO_FRONT
from vae.variation.moves import SUBJECTS, joints_of, openers_of
from vae.variation.words import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.language.language import Language
    from vae.variation.fronting import PutFirst
    from vae.variation.move import Move
    from vae.variation.seam_scores import Seams
    from vae.variation.words import Words

DECODER = ("gain", "new", "least gain", "least new")
"""Log p at the seams: the gain and the value of the mean, then of the least."""

MOVED = (
    *("words moved", "words left", "goes on", "opener's rate", "opener's share", "time moved", "subject second"),
    *("pronouns moved", "openers moved", "pronouns left", "joint left", "openers left", "verb behind a joint"),
    *("auxiliaries left", "verbs left", "others left", "begins with another", "opener twice", "comma between"),
    *("pronouns fit first", "pronouns fit behind"),
)
"""Features of a part that moves to the other end of a sentence ("moved") and of the rest, which stays ("left")."""

_LAST = ("others before", "verbs before")
"""Features of the rest that show a second clause, for a part that goes last and has no comma behind it."""

_FIRST = (
    *("put first", "goes on with a joint", "auxiliary moved", "joint moved", "time before"),
    *("noun before", "verb before", "function word before"),
)
"""Features of a part that goes first, and of the words before it."""

_PARTS = (
    *("words first", "words last", "goes on", "same length", "single"),
    *("same form", "form unknown", "same end", "end unknown"),
    *("function words", "verbs", "nouns", "function word before", "function word behind"),
    *(f"{what} {layer}" for what in ("whole", "begin", "end") for layer in LAYERS),
)
"""Features of two parts that a word joins: how alike they are by the lexicon and the encoder."""

MOVE_COLUMNS = {
    TO_END: (*DECODER[:2], *MOVED, *_LAST),
    TO_FRONT: (*DECODER, *MOVED, *_FIRST),
    SWAP: (*DECODER, *_PARTS),
}
"""The features that the ranker of each kind of move weighs."""

LATELY = 3
"""How many words before a part count for "time before": a time or a number there is another such part."""

_NEVER = Moving(0, 0, 0, 0)


def move_features(
    words: Words,
    moves: Sequence[Move],
    seams: Sequence[Seams],
    states: NDArray[np.float32],
    *,
    put_first: PutFirst,
    language: Language,
) -> list[tuple[float, ...]]:
    """Returns a row, (MOVE_COLUMNS[kind],), for each move in a segment; `states` are `word_states` of its words."""
    segment = _SegmentFeatures(words, states, put_first, language)
    rows = []
    for move, seam in zip(moves, seams, strict=True):
        decoder = (seam.new - seam.old, seam.new, seam.new_least - seam.old_least, seam.new_least)
        features = dict(zip(DECODER, decoder, strict=True)) | segment.of(move)
        rows.append(tuple(features[name] for name in MOVE_COLUMNS[move.kind]))
    return rows


class _SegmentFeatures:
    """Computes the features of moves that follow from the words of a segment."""

    def __init__(self, words: Words, states: NDArray[np.float32], put_first: PutFirst, language: Language) -> None:
        self._words, self._states, self._put_first, self._language = words, states, put_first, language
        self._plain = [bare(word).replace("’", "'") for word in words.words]
        joints, openers = joints_of(language), openers_of(language)
        self._joint = [word in joints for word in self._plain]
        self._opener = [word in openers for word in self._plain]
        self._kind = [language.kinds.get(word, "") for word in self._plain]
        self._stop = [word in language.stop_words for word in self._plain]

    def of(self, move: Move) -> dict[str, float]:
        """Returns the features of a move by name, without those of DECODER."""
        if move.kind == SWAP:
            return dict(zip(_PARTS, self._parts(move), strict=True))
        first, last = range(move.start, move.left), range(move.right, move.end)
        moved, rest = (first, last) if move.kind == TO_END else (last, first)
        features = dict(zip(MOVED, self._moved(move, moved, rest), strict=True))
        if move.kind == TO_FRONT:
            return features | dict(zip(_FIRST, self._first(move, moved, rest), strict=True))
        plain = 1 - features["comma between"]
        before = (features["others left"] * plain, features["verbs left"] * plain)
        return features | dict(zip(_LAST, before, strict=True))

    def _moved(self, move: Move, moved: range, rest: range) -> tuple[float, ...]:
        """Returns the features of MOVED; `moved` and `rest` are the places of the words of both parts."""
        kind, joint, opener = self._kind, self._joint, self._opener
        opened = self._language.moving.get(self._plain[moved[0]], _NEVER)
        behind = [place + 1 for place in rest[:-1] if joint[place]]
        subject = self._stop[rest[0]] and kind[rest[0]] in SUBJECTS
        return (
            math.log(len(moved)),
            math.log(len(rest)),
            float(self._goes_on(move)),
            opened.rate,
            math.log((opened.fronted + 0.5) / (opened.inside + 1)),
            float(any(kind[place] == "time" for place in moved)),
            float(kind[moved[0] + 1] in SUBJECTS),
            float(sum(kind[place] == "pronoun" for place in moved)),
            float(sum(opener[place] for place in moved[1:])),
            float(sum(kind[place] == "pronoun" for place in rest)),
            float(any(joint[place] for place in rest)),
            float(sum(opener[place] for place in rest[1:])),
            max((self._verb(place) + (kind[place] == "pronoun") for place in behind), default=0.0),
            float(sum(kind[place] == "auxiliary" for place in rest)),
            sum(self._verb(place) for place in rest[2:]),
            float(sum(self._stop[place] and not (kind[place] or joint[place] or opener[place]) for place in rest)),
            float(self._stop[rest[0]] and not subject),
            float(any(self._plain[place] == self._plain[moved[0]] for place in rest)),
            float(self._words.words[move.left - 1].endswith(",")),
            sum(self._put_first.pronouns.get(self._plain[place], (0.0, 0.0))[1] for place in moved),
            sum(self._put_first.pronouns.get(self._plain[place], (0.0, 0.0))[0] for place in rest[1:]),
        )

    def _first(self, move: Move, moved: range, rest: range) -> tuple[float, ...]:
        """Returns the features of _FIRST."""
        return (
            self._put_first(self._states, move.left),
            float(self._goes_on(move) and self._joint[move.end]),
            float(any(self._kind[place] == "auxiliary" for place in moved)),
            float(any(self._joint[place] for place in moved)),
            float(any(self._kind[place] in {"time", "number"} for place in rest[-LATELY:])),
            self._share(move.left - 1, "n"),
            self._share(move.left - 1, "v"),
            float(self._stop[move.left - 1]),
        )

    def _parts(self, move: Move) -> tuple[float, ...]:
        """Returns the features of _PARTS."""
        first, last = range(move.start, move.left), range(move.right, move.end)
        begins, ends = (
            self._language.same_form(self._plain[one[at]], self._plain[other[at]])
            for one, other, at in ((first, last, 0), (first, last, -1))
        )
        states = self._states
        pairs = (
            (states[first].mean((0, 1)), states[last].mean((0, 1))),
            (states[first[0], 0], states[last[0], 0]),
            (states[first[-1], 1], states[last[-1], 1]),
        )
        return (
            math.log(len(first)),
            math.log(len(last)),
            float(self._goes_on(move)),
            float(len(first) == len(last)),
            float(len(first) == len(last) == 1),
            float(begins is True),
            float(begins is None),
            float(ends is True),
            float(ends is None),
            float(self._stop[first[0]]) + float(self._stop[last[0]]),
            self._share(first[0], "v") + self._share(last[0], "v"),
            self._share(first[-1], "n") + self._share(last[-1], "n"),
            float(move.start > 0 and self._stop[move.start - 1]),
            float(self._goes_on(move) and self._stop[move.end] and self._kind[move.end] != "auxiliary"),
            *(_cosine(one[layer], other[layer]) for one, other in pairs for layer in range(len(LAYERS))),
        )

    def _goes_on(self, move: Move) -> bool:
        """Whether the sentence continues behind the words of a move."""
        return move.end < len(self._words) and not self._words.begins_sentence(move.end)

    def _verb(self, place: int) -> float:
        """Returns how probably the word at a place is a verb; 0 for function words."""
        return 0.0 if self._stop[place] else self._share(place, "v")

    def _share(self, place: int, kind: str) -> float:
        """Returns 1 / n if a word may be of this part of speech and of n in all, and 0 if it may not."""
        lexicon = self._language.lexicon
        kinds = {reading.kind for reading in lexicon.readings(self._plain[place])} if lexicon else set()
        return float(kind in kinds) / max(1, len(kinds))


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
