"""Learns the weights of the rankers of moves from judged moves, and measures them on other paragraphs."""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vae.language.language import language
from vae.language.sentence_encoder import SentenceEncoder
from vae.teaching.fronted_sentences import fronted_sentences
from vae.teaching.move_examples import judged_moves
from vae.teaching.train_ranker import FOLDS, SEEDS, newton
from vae.text_vae import TextVAE
from vae.variation.fronting import PutFirst, beside, word_states
from vae.variation.move_features import MOVE_COLUMNS
from vae.variation.move_ranker import MOVE_RANKER_FORMAT
from vae.variation.moves import openers_of
from vae.variation.words import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.language.language import Language
    from vae.teaching.fronted_sentences import FrontedSentence
    from vae.teaching.move_examples import JudgedMove

_RIDGE = 3e-2
"""Factor on the squared weights of standardised features, which is added to the mean loss."""

PUT_FIRST_RIDGE = 1e-3
"""The same factor in the regression on states."""

_FEWEST = 8
"""Least occurrences of a pronoun, for log ratios to be kept."""

FLOORS = (0.4, 0.6, 0.8, 0.9)
"""Least probabilities for which moves are counted and their share of accepted ones is measured."""

DIGITS = 4
"""Decimals kept of the weights of states and of log ratios."""


def put_first_of(sentences: Sequence[FrontedSentence], language: Language) -> PutFirst:
    """Learns to tell where the part begins that an author put first from other places where one might begin."""
    encoder, openers = SentenceEncoder.load(), openers_of(language)
    rows, accepted = [], []
    for sentence in sentences:
        states = word_states(encoder, sentence.words)
        last = sentence.place if sentence.place >= 0 else len(sentence.words) - 2
        for place in range(2, last + 1):
            if bare(sentence.words[place]).replace("’", "'") in openers:
                rows.append(beside(states, place))
                accepted.append(float(place == sentence.place))
    features = np.column_stack([np.array(rows, np.float64), np.ones(len(rows))])
    ridge = np.full(features.shape[1], PUT_FIRST_RIDGE)
    ridge[-1] = 0.0
    fitted = newton(features, np.array(accepted), np.ones(len(rows)), ridge)
    weights = fitted[:-1].round(DIGITS).astype(np.float32)
    return PutFirst(round(float(fitted[-1]), DIGITS), weights, pronouns_of(sentences, language))


def pronouns_of(sentences: Sequence[FrontedSentence], language: Language) -> dict[str, tuple[float, float]]:
    """Returns the log ratios of `PutFirst.pronouns` for pronouns that occur at least _FEWEST times."""
    openers = openers_of(language)
    counts = [Counter[str]() for _ in range(4)]
    behind, without, first, last = counts
    for sentence in sentences:
        plain = [bare(word).replace("’", "'") for word in sentence.words]
        if sentence.place >= 0:
            behind.update(plain[1 : sentence.place])
            first.update(plain[sentence.place :])
        else:
            ends = next((place for place in range(3, len(plain) - 1) if plain[place] in openers), len(plain))
            without.update(plain[1:ends])
            last.update(plain[ends:])
    pronouns = (word for word, kind in language.kinds.items() if kind == "pronoun")
    return {
        word: (_log_ratio(word, behind, without), _log_ratio(word, first, last))
        for word in sorted(pronouns)
        if sum(each[word] for each in counts) >= _FEWEST
    }


def _log_ratio(word: str, one: Counter[str], other: Counter[str]) -> float:
    shares = [(each[word] + 1) / max(1, each.total()) for each in (one, other)]
    return round(math.log(shares[0] / shares[1]), DIGITS)


def fitted_moves(judged: Sequence[JudgedMove]) -> tuple[float, NDArray[np.float64]]:
    """Fits a logistic regression to moves of one kind; returns its constant and its weights (columns,)."""
    rows = np.array([each.row for each in judged])
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    standard = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    ridge = np.full(standard.shape[1], _RIDGE)
    ridge[-1] = 0.0
    accepted = np.array([float(each.accepted) for each in judged])
    fitted = newton(standard, accepted, np.ones(len(rows)), ridge)
    weights = fitted[:-1] / scale
    return float(fitted[-1] - weights @ mean), weights


def cross_validated_moves(judged: Sequence[JudgedMove]) -> NDArray[np.float64]:
    """Returns the probability (n,) of each move by rankers that were not fitted on its paragraph.

    The logits are averaged over SEEDS ways to make folds.
    """
    paragraphs = sorted({each.paragraph for each in judged})
    logits = np.zeros(len(judged))
    for seed in range(SEEDS):
        for fold in np.array_split(np.random.default_rng(seed).permutation(paragraphs), FOLDS):
            held = set(fold.tolist())
            constant, weights = fitted_moves([each for each in judged if each.paragraph not in held])
            for number, each in enumerate(judged):
                if each.paragraph in held:
                    logits[number] += (constant + np.array(each.row) @ weights) / SEEDS
    probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-logits))
    return probabilities


def move_figures(probabilities: NDArray[np.float64], accepted: NDArray[np.bool_]) -> dict[str, float]:
    """Counts moves and accepted ones, measures the area under the curve, and counts both again from each floor on."""
    good, bad = probabilities[accepted], probabilities[~accepted]
    counts = {
        "moves": len(probabilities),
        "accepted": int(accepted.sum()),
        "area": round(float((good[:, None] > bad[None]).mean()), 3),
    }
    for floor in FLOORS:
        taken = probabilities >= floor
        counts |= {f"from {floor}": int(taken.sum()), f"right from {floor}": round(float(accepted[taken].mean()), 3)}
    return counts


def ranked(judged: Sequence[JudgedMove]) -> tuple[dict[str, Any], dict[str, dict[str, float]]]:
    """Fits a ranker for each kind of move; returns the rankers as they are written, and prints and returns figures."""
    rankers, measured, of_all_kinds = {}, {}, []
    for kind, columns in MOVE_COLUMNS.items():
        of_kind = [each for each in judged if each.kind == kind]
        probabilities, accepted = cross_validated_moves(of_kind), np.array([each.accepted for each in of_kind])
        of_all_kinds.append((probabilities, accepted))
        measured[kind] = move_figures(probabilities, accepted)
        constant, weights = fitted_moves(of_kind)
        by_name = {column: float(weight) for column, weight in zip(columns, weights, strict=True)}
        rankers[kind] = {"constant": constant, "weights": by_name}
    measured["all"] = move_figures(*(np.concatenate(each) for each in zip(*of_all_kinds, strict=True)))
    for kind, numbers in measured.items():
        print(kind, numbers, flush=True)
    return rankers, measured


def main() -> None:
    """Learns the rankers, prints cross-validated figures, and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--revisions", type=Path, required=True, help="JSON lines with new, xz")
    parser.add_argument("--model", default="base-en", help="the masked model whose log p is weighed")
    parser.add_argument("--output", type=Path, required=True, help="the weights, JSON")
    args = parser.parse_args()
    model, english = TextVAE.load(args.model), language("en")
    sentences = fronted_sentences(args.revisions, english)
    moved = sum(each.place >= 0 for each in sentences)
    print(f"{moved} sentences with a part put first, {len(sentences) - moved} without", flush=True)
    put_first = put_first_of(sentences, english)
    judged = judged_moves(model, put_first)
    rankers, measured = ranked(judged)
    rankers_file = {
        "format": MOVE_RANKER_FORMAT,
        "learned_from": {
            "judgements": "a reader of ours on paragraphs of our own, judged_moves.jsonl",
            "put_first": f"{moved} sentences of openly licensed prose under revision that begin with a part put first",
            "revisions_sha256": hashlib.sha256(args.revisions.read_bytes()).hexdigest(),
            "model_sha256": model.sha256,
        },
        "cross_validated": measured,
        "put_first": {
            "constant": put_first.constant,
            "weights": [round(weight, DIGITS) for weight in put_first.weights.tolist()],
            "pronouns": put_first.pronouns,
        },
        "rankers": rankers,
    }
    args.output.write_text(json.dumps(rankers_file, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
