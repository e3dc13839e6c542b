"""The weights of the rankers of moves, learned from judged moves, and what they are worth on other paragraphs."""

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
from vae.teaching.fronted_sentences import placed
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
    from vae.teaching.fronted_sentences import Placed
    from vae.teaching.move_examples import JudgedMove

_RIDGE = 3e-2
"""Weight of the squared weights (of standardised features) beside the mean loss."""

PUT_FIRST_RIDGE = 1e-3
"""The same of the regression on states."""

_FEWEST = 8
"""How often a pronoun was met, at least, for what is told of it."""

FLOORS = (0.4, 0.6, 0.8, 0.9)
"""Probabilities from which on moves are counted."""

DIGITS = 4
"""Decimals of the weights of states that are kept."""


def put_first_of(sentences: Sequence[Placed], language: Language) -> PutFirst:
    """Learns to tell the place where a part begins that was put first from other places where one might begin."""
    encoder, openers = SentenceEncoder.load(), openers_of(language)
    rows, accepted = [], []
    for sentence in sentences:
        states = word_states(encoder, sentence.words)
        last = sentence.place if sentence.place >= 0 else len(sentence.words) - 2
        for place in range(2, last + 1):
            if bare(sentence.words[place]).replace("’", "'") in openers:
                rows.append(beside(states, place))
                accepted.append(float(place == sentence.place))
    known = np.column_stack([np.array(rows, np.float64), np.ones(len(rows))])
    ridge = np.full(known.shape[1], PUT_FIRST_RIDGE)
    ridge[-1] = 0.0
    found = newton(known, np.array(accepted), np.ones(len(rows)), ridge)
    weights = found[:-1].round(DIGITS).astype(np.float32)
    return PutFirst(round(float(found[-1]), DIGITS), weights, pronouns_of(sentences, language))


def pronouns_of(sentences: Sequence[Placed], language: Language) -> dict[str, tuple[float, float]]:
    """The log ratios of `PutFirst.pronouns`, of pronouns that were met _FEWEST times."""
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
    """A constant and weights (columns,) for moves of one kind: logistic regression by Newton's method."""
    rows = np.array([each.row for each in judged])
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    standard = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    ridge = np.full(standard.shape[1], _RIDGE)
    ridge[-1] = 0.0
    accepted = np.array([float(each.accepted) for each in judged])
    found = newton(standard, accepted, np.ones(len(rows)), ridge)
    plain = found[:-1] / scale
    return float(found[-1] - plain @ mean), plain


def cross_validated_moves(judged: Sequence[JudgedMove]) -> NDArray[np.float64]:
    """The probability (n,) of each move of one kind by rankers not fitted on its paragraph, over several foldings."""
    paragraphs = sorted({each.paragraph for each in judged})
    logits = np.zeros(len(judged))
    for seed in range(SEEDS):
        for fold in np.array_split(np.random.default_rng(seed).permutation(paragraphs), FOLDS):
            held = set(fold.tolist())
            constant, weights = fitted_moves([each for each in judged if each.paragraph not in held])
            for number, each in enumerate(judged):
                if each.paragraph in held:
                    logits[number] += (constant + np.array(each.row) @ weights) / SEEDS
    found: NDArray[np.float64] = 1 / (1 + np.exp(-logits))
    return found


def move_figures(probabilities: NDArray[np.float64], accepted: NDArray[np.bool_]) -> dict[str, float]:
    """Moves, those accepted, the area under the curve; from each floor on how many there are and the share accepted."""
    good, bad = probabilities[accepted], probabilities[~accepted]
    found = {
        "moves": len(probabilities),
        "accepted": int(accepted.sum()),
        "area": round(float((good[:, None] > bad[None]).mean()), 3),
    }
    for floor in FLOORS:
        taken = probabilities >= floor
        found |= {f"from {floor}": int(taken.sum()), f"right from {floor}": round(float(accepted[taken].mean()), 3)}
    return found


def ranked(judged: Sequence[JudgedMove]) -> tuple[dict[str, Any], dict[str, dict[str, float]]]:
    """The rankers by kind of move, as they are written, and their figures, printed too."""
    rankers, told, every = {}, {}, []
    for kind, columns in MOVE_COLUMNS.items():
        of_kind = [each for each in judged if each.kind == kind]
        probabilities, accepted = cross_validated_moves(of_kind), np.array([each.accepted for each in of_kind])
        every.append((probabilities, accepted))
        told[kind] = move_figures(probabilities, accepted)
        constant, weights = fitted_moves(of_kind)
        by_name = {column: float(weight) for column, weight in zip(columns, weights, strict=True)}
        rankers[kind] = {"constant": constant, "weights": by_name}
    told["all"] = move_figures(*(np.concatenate(each) for each in zip(*every, strict=True)))
    for kind, numbers in told.items():
        print(kind, numbers, flush=True)
    return rankers, told


def main() -> None:
    """Prints cross-validated figures; writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--revisions", type=Path, required=True, help="JSON lines with new, xz")
    parser.add_argument("--model", default="base-en", help="the masked model whose log p is weighed")
    parser.add_argument("--output", type=Path, required=True, help="the weights, JSON")
    args = parser.parse_args()
    model, english = TextVAE.load(args.model), language("en")
    sentences = placed(args.revisions, english)
    moved = sum(each.place >= 0 for each in sentences)
    print(f"{moved} sentences with a part put first, {len(sentences) - moved} without", flush=True)
    put_first = put_first_of(sentences, english)
    judged = judged_moves(model, put_first)
    rankers, told = ranked(judged)
    written = {
        "format": MOVE_RANKER_FORMAT,
        "learned_from": {
            "judgements": "a reader of ours on paragraphs of our own, judged_moves.jsonl",
            "put_first": f"{moved} sentences of openly licensed prose under revision that begin with a part put first",
            "revisions_sha256": hashlib.sha256(args.revisions.read_bytes()).hexdigest(),
            "model_sha256": model.sha256,
        },
        "cross_validated": told,
        "put_first": {
            "constant": put_first.constant,
            "weights": [round(weight, DIGITS) for weight in put_first.weights.tolist()],
            "pronouns": put_first.pronouns,
        },
        "rankers": rankers,
    }
    args.output.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
