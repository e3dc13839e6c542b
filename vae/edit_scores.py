"""How well an edit fits: what the corpus says in its place, and how near its words are to those they replace."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vae.ngrams import bare, hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tokenizer.tokenizer import Tokenizer
    from vae.edited_text import EditedText
    from vae.edits import Edit
    from vae.ngrams import NGrams

MEAN_LOG_P = -5.5
"""About what a word of a text costs in nats: an edit that adds one is not judged worse for that alone."""

MOST_FLUENT = 1.0
"""Nats that an edit may gain by being likelier than its source: beyond, likelier is not better."""

NEAR = 16.0
"""Nats that words with one vector are worth over words with nothing in common."""

COMMON, EACH_COMMON = -6.5, 4.0
"""log p from which on a word is common, and what an edit loses for each nat above: it is grammar, not meaning."""

SAME_ENDING = 2.0
"""Nats that a last word ending in the same two letters is worth: mostly it has the same form."""

EACH_WORD = 3.0
"""Nats that an edit loses for every word beyond one: longer edits are rather other sentences than other words."""


class _Word(NamedTuple):
    """A word without case and marks, its unit vector, and its log p by itself."""

    bare: str
    vector: NDArray[np.float32]
    log_p: float


class EditScores:
    """Scores of edits under the n-grams and piece vectors of one model."""

    def __init__(self, ngrams: NGrams, vectors: NDArray[np.float32], tokenizer: Tokenizer) -> None:
        """Args: vectors: one for each piece, (vocab, width)."""
        self.ngrams, self.vectors, self.tokenizer = ngrams, vectors, tokenizer
        self._words: dict[str, _Word] = {}

    def __call__(self, text: EditedText, edits: Sequence[Edit]) -> NDArray[np.float32]:
        """One score for each edit of a text as it stands; -inf for unknown words, or a word beside itself.

        The log p it gains together with the two words behind it, at most MOST_FLUENT, plus NEAR times the cosine of
        old and new words, less what common words cost.
        """
        if not edits:
            return np.zeros(0, np.float32)
        old = [text.words[edit.start : edit.end] for edit in edits]
        new = [edit.words for edit in edits]
        around = [text.around(edit) for edit in edits]
        known = self._look_up({*chain.from_iterable(old), *chain.from_iterable(new)})
        log_p = self._log_p(
            [[*before, *words, *after] for words, (before, after) in zip(old + new, around * 2, strict=True)]
        )
        added = np.array([len(each.words) - (each.end - each.start) for each in edits])
        gain = np.minimum(log_p[len(edits) :] - log_p[: len(edits)] - MEAN_LOG_P * added, MOST_FLUENT)
        near = np.einsum("ij,ij->i", _directions(old, known), _directions(new, known))
        common = np.array([max(known[word].log_p for word in (*a, *b)) for a, b in zip(old, new, strict=True)])
        form = np.array([known[a[-1]].bare[-2:] == known[b[-1]].bare[-2:] for a, b in zip(old, new, strict=True)])
        longer = np.array([edit.size - 1 for edit in edits])
        common_cost = EACH_COMMON * np.maximum(common - COMMON, 0.0)
        scores = gain + NEAR * near + SAME_ENDING * form - EACH_WORD * longer - common_cost
        usable = [
            all(known[word].log_p > self.ngrams.unseen for word in words)
            and not _repeats([before[-1], *words, after[0]])
            for words, (before, after) in zip(new, around, strict=True)
        ]
        return np.where(usable, scores, -np.inf).astype(np.float32)

    def _log_p(self, windows: list[list[str]]) -> NDArray[np.float64]:
        """The log p of each window's words behind its first two."""
        sizes = np.array([len(window) for window in windows])
        starts = np.cumsum(sizes) - sizes
        found = np.append(0.0, self.ngrams.log_p(hashes(chain.from_iterable(windows))))
        found[starts] = found[starts + 1] = 0.0
        return np.add.reduceat(found, starts)

    def _look_up(self, words: set[str]) -> dict[str, _Word]:
        """What is known of each word."""
        missing = sorted(words - self._words.keys())
        if missing:
            plain = [bare(word) for word in missing]
            log_p = self.ngrams.word_log_p(plain).tolist()
            for word, form, ids, nats in zip(missing, plain, self.tokenizer.encode(plain), log_p, strict=True):
                # A word of many pieces has no vector: their mean says little of what it means.
                vector = self.vectors[ids[0]] if len(ids) == 1 else np.zeros_like(self.vectors[0])
                self._words[word] = _Word(form, _unit(vector), nats)
        return self._words


def _directions(runs: Sequence[Sequence[str]], known: dict[str, _Word]) -> NDArray[np.float32]:
    """The unit vector of each run of words: of the sum of theirs."""
    sizes = np.array([len(run) for run in runs])
    vectors = np.stack([known[word].vector for run in runs for word in run])
    return _unit(np.add.reduceat(vectors, np.cumsum(sizes) - sizes))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.float32(1e-9))
    return unit


def _repeats(words: Sequence[str]) -> bool:
    return any(bare(first) == bare(second) for first, second in pairwise(words))
