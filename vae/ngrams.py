"""What a model knows of its corpora's words: which there are, which stand together, and how likely a text is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import load, save

from vae.kneser_ney import KneserNey
from vae.word_hashes import hashes, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

STEPS = 50
"""Of expectation maximisation: the weights of two corpora stand still after some twenty."""


@dataclass(frozen=True)
class NGrams:
    """Trigram models of one corpus or several: p is the weighted mean of theirs (Jelinek & Mercer 1980).

    Words count without case and outer punctuation.
    """

    parts: tuple[KneserNey, ...]
    weights: tuple[float, ...]
    held_out: float = 0.0
    """Mean log p of texts that were not counted; 0 where that was not measured."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> NGrams:
        """Counts masked texts, one segment each."""
        return cls((KneserNey.of(texts),), (1.0,))

    def with_corpus(self, texts: Iterable[str], *, held_out: Sequence[str]) -> NGrams:
        """With another corpus counted; the weights of all are those under which the held-out texts are likeliest."""
        parts = (*self.parts, KneserNey.of(texts))
        return replace(self, parts=parts, weights=_weights(parts, held_out)).measured_on(held_out)

    def knows(self, words: Sequence[str]) -> NDArray[np.bool_]:
        """Whether any corpus holds each word."""
        found: NDArray[np.bool_] = np.any([part.knows(words) for part in self.parts], axis=0)
        return found

    def word_log_p(self, words: Sequence[str]) -> NDArray[np.float64]:
        """log p of each word by itself, in nats."""
        return self._mean([part.word_log_p(words) for part in self.parts])

    def log_p(self, row: NDArray[np.uint64]) -> NDArray[np.float64]:
        """log p of each token of a row of hashes but the first, in nats, given the one or two before it."""
        return self._mean([part.log_p(row) for part in self.parts])

    def known_pairs(self, texts: Iterable[str]) -> float:
        """Share of neighbours in masked texts, sentence edges too, that stood side by side; 0 for no pair."""
        rows = [hashes(tokens(text)) for text in texts]
        known = [np.any([part.knows_pairs(row) for part in self.parts], axis=0) for row in rows]
        return float(np.concatenate(known).mean()) if any(map(len, known)) else 0.0

    def mean_log_p(self, text: str) -> float:
        """Mean log p of a masked text's words and sentence ends, in nats; 0 for an empty text."""
        found = self.log_p(hashes(tokens(text)))
        return float(found.mean()) if len(found) else 0.0

    def measured_on(self, texts: Sequence[str]) -> NGrams:
        """Itself, with the mean log p of held-out masked texts."""
        found = [self.log_p(hashes(tokens(text))) for text in texts]
        return replace(self, held_out=float(np.concatenate(found).mean()) if any(map(len, found)) else 0.0)

    def to_bytes(self) -> bytes:
        """What ngrams.safetensors holds."""
        arrays = {"weights": np.array(self.weights), "held_out": np.array([self.held_out])}
        for number, part in enumerate(self.parts):
            arrays |= part.arrays(str(number))
        return save(arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> NGrams:
        """Reads what to_bytes wrote."""
        arrays = load(data)
        weights = tuple(arrays["weights"].tolist())
        parts = tuple(KneserNey.from_arrays(arrays, str(number)) for number in range(len(weights)))
        return cls(parts, weights, float(arrays["held_out"][0]))

    def _mean(self, log_p: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
        mixed: NDArray[np.float64] = np.log(np.array(self.weights) @ np.exp(np.stack(log_p).astype(np.float64)))
        return mixed


def _weights(parts: Sequence[KneserNey], texts: Sequence[str]) -> tuple[float, ...]:
    """Of a mixture, by expectation maximisation from equal ones."""
    rows = [hashes(tokens(text)) for text in texts]
    p = np.exp([np.concatenate([np.zeros(0), *(part.log_p(row) for row in rows)]) for part in parts])
    weights = np.full(len(parts), 1 / len(parts))
    for _ in range(STEPS if p.size else 0):
        joint = weights[:, None] * p
        weights = (joint / joint.sum(axis=0)).mean(axis=1)
    return tuple(weights.tolist())
