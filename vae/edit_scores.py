"""How well an edit fits: what the corpus says in its place, and how near its words are to those they replace."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vae.word_forms import inflection
from vae.word_hashes import bare, hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tokenizer.tokenizer import Tokenizer
    from vae.edited_text import EditedText
    from vae.edits import Edit
    from vae.ngrams import NGrams

MEAN_LOG_P = -5.5
"""About what a word of a text costs in nats: an edit that adds one is not judged worse for that alone."""

MOST_FLUENT = 3.0
"""Nats that an edit may gain by being likelier than its source: beyond, likelier is not better."""

NEAR = 14.0
"""Nats that words with one vector are worth over words with nothing in common."""

LEAST_NEAR = 0.1
"""An edit whose words are less like the old ones is none; so words of many pieces stay, of which nothing is known."""

DECODED = 1.0
"""Weight of log p by the decoder: what it would write there, from latents around the segment."""

SAME_FORM = 3.0
"""Nats that a last word with the same inflection is worth."""

EACH_WORD = 3.0
"""Nats that an edit loses for every word beyond one: longer edits are rather other sentences than other words."""


class _Word(NamedTuple):
    """The inflection of a word, its unit vector, and whether a corpus holds it."""

    form: str
    vector: NDArray[np.float32]
    known: bool


class EditScores:
    """Scores of edits under the n-grams and piece vectors of one model."""

    def __init__(self, ngrams: NGrams, vectors: NDArray[np.float32], tokenizer: Tokenizer) -> None:
        """Args: vectors: one for each piece, (vocab, width)."""
        self.ngrams, self.vectors, self.tokenizer = ngrams, vectors, tokenizer
        self._words: dict[str, _Word] = {}

    def __call__(self, text: EditedText, edits: Sequence[Edit]) -> NDArray[np.float32]:
        """One score for each edit of a text as it stands; -inf for unknown or unlike words, or a word beside itself.

        The log p it gains together with the two words behind it, at most MOST_FLUENT, plus NEAR times the cosine of
        old and new words, plus DECODED times its log p by the decoder.
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
        form = np.array([known[a[-1]].form == known[b[-1]].form for a, b in zip(old, new, strict=True)])
        longer = np.array([edit.size - 1 for edit in edits])
        decoded = np.array([edit.log_p for edit in edits])
        scores = gain + NEAR * near + DECODED * decoded + SAME_FORM * form - EACH_WORD * longer
        usable = [
            all(known[word].known for word in words) and not _repeats([before[-1], *words, after[0]])
            for words, (before, after) in zip(new, around, strict=True)
        ]
        return np.where(np.array(usable) & (near >= LEAST_NEAR), scores, -np.inf).astype(np.float32)

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
            seen = self.ngrams.knows(plain).tolist()
            for word, each, ids, there in zip(missing, plain, self.tokenizer.encode(plain), seen, strict=True):
                # A word of many pieces has no vector: their mean says little of what it means.
                vector = self.vectors[ids[0]] if len(ids) == 1 else np.zeros_like(self.vectors[0])
                self._words[word] = _Word(inflection(each), _unit(vector), there)
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
