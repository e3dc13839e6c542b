"""The weights of the rankers, learned from SWORDS, and what they are worth on targets they did not see."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vae.language.human_substitutes import count_substitutes, human_substitutes_text
from vae.language.language import language
from vae.teaching.proposal_examples import judged_proposals
from vae.teaching.ranker_figures import HALF, Figures, figures, mean_figures
from vae.teaching.substitute_examples import judged_places
from vae.teaching.substitution_corpora import JUDGES, read_coinco, read_swords
from vae.text_vae import TextVAE
from vae.variation.ranker import RANKER_COLUMNS, RANKER_FORMAT, replacement_features
from vae.variation.words import bare_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.teaching.substitute_examples import JudgedPlace
    from vae.teaching.substitution_corpora import AskedPlace

_RIDGE = 2e-3
"""Weight of the squared weights (of standardised features) beside the mean loss."""

FEWER_JUDGES = 0.4
"""Weight of a substitute that only three judges saw, as most of them refused it."""

UNKNOWN_VECTORS = 0.3
"""Weight of a copy of each substitute whose vectors are unknown, as those of phrases are."""

_APART = 3e-2
"""Weight of the squared weights by which a ranker of the model's own proposals departs from that of judged targets."""

FOLDS, SEEDS = 5, 3

NAMED_HEAD = """blogvae-named/1: word, places in which people were asked about it, what was named:places
Counted in CoInCo (Kremer, Erk, Pado and Thater 2014, "What Substitutes Tell Us", EACL), CC-BY-3.0-US, without the
sentences of the test split of SWORDS (Lee et al. 2021). Lemmas by WordNet 3.0."""


@dataclass(frozen=True)
class RankerExamples:
    """Rows of features (n, columns) of one target, and of each the share of judges that accept and its weight."""

    rows: NDArray[np.float64]
    accepted: NDArray[np.float64]
    weights: NDArray[np.float64]


def examples(
    name: str, places: Sequence[JudgedPlace], asked: Sequence[AskedPlace], *, strict: bool
) -> list[RankerExamples]:
    """The examples of each place for the ranker of a name.

    What people named is counted without the sentences of the place's own context, where it has one; if `strict`,
    without those of any.
    """
    english = language("en")
    if not any(place.context for place in places):
        return [
            _example(place, replacement_features(name, place.words, place.replacements, english)) for place in places
        ]
    all_contexts = "\n".join({place.context for place in places})
    by_lemma: dict[str, list[AskedPlace]] = {}
    for each in asked:
        for lemma in each.place.lemmas:
            by_lemma.setdefault(lemma, []).append(each)
    found = []
    for place in places:
        left_out = all_contexts if strict else place.context
        lemmas = {lemma for one in place.replacements for word in one.new for lemma in english.lemmas(word)}
        for one in place.replacements[:1]:
            lemmas |= english.lemmas(bare_case(place.words[one.start]))
        about = {id(each): each for lemma in lemmas for each in by_lemma.get(lemma, ())}
        named = count_substitutes(each.place for each in about.values() if each.sentence not in left_out)
        found.append(_example(place, replacement_features(name, place.words, place.replacements, english, named)))
    return found


def _example(place: JudgedPlace, rows: NDArray[np.float64]) -> RankerExamples:
    weights = np.array([1.0 if each.judges >= JUDGES else FEWER_JUDGES for each in place.substitutes])
    return RankerExamples(rows, np.array([each.accepted for each in place.substitutes]), weights)


def without_vectors(known: RankerExamples, columns: Sequence[str]) -> RankerExamples:
    """The examples as they are where the vectors of the words are unknown, of less weight."""
    rows = known.rows.copy()
    rows[:, [columns.index(name) for name in ("used", "meant", "used and meant")]] = 0.0
    rows[:, columns.index("no vectors")] = 1.0
    return replace(known, rows=rows, weights=known.weights * UNKNOWN_VECTORS)


def fitted_ranker(known: Sequence[RankerExamples], columns: Sequence[str]) -> tuple[float, NDArray[np.float64]]:
    """A constant and weights (columns,): logistic regression on shares of judges, by Newton's method."""
    both = [*known, *(without_vectors(each, columns) for each in known)]
    rows, accepted, weights = (
        np.concatenate([getattr(each, name) for each in both]) for name in ("rows", "accepted", "weights")
    )
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    standard = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    ridge = np.full(standard.shape[1], _RIDGE)
    ridge[-1] = 0.0
    found = newton(standard, accepted, weights, ridge)
    plain = found[:-1] / scale
    return float(found[-1] - plain @ mean), plain


def held_out_logits(known: Sequence[RankerExamples], columns: Sequence[str], *, seed: int) -> list[NDArray[np.float64]]:
    """Of each target the logits that a ranker gives it which was not fitted on it."""
    logits: list[NDArray[np.float64]] = [np.zeros(0)] * len(known)
    for fold in np.array_split(np.random.default_rng(seed).permutation(len(known)), FOLDS):
        held = set(fold.tolist())
        constant, weights = fitted_ranker([each for number, each in enumerate(known) if number not in held], columns)
        for number in held:
            logits[number] = constant + known[number].rows @ weights
    return logits


def calibration(logits: Sequence[NDArray[np.float64]], known: Sequence[RankerExamples]) -> tuple[float, float]:
    """The constant and the factor that make probabilities of logits (Platt 1999): that half of the judges accept."""
    x = np.concatenate(logits)
    rows, good = np.column_stack([np.ones(len(x)), x]), np.concatenate([each.accepted for each in known]) >= HALF
    found = np.array([0.0, 1.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-rows @ found))
        found -= np.linalg.solve((rows * (p * (1 - p))[:, None]).T @ rows, rows.T @ (p - good))
    return float(found[0]), float(found[1])


def adapted(
    first: tuple[float, NDArray[np.float64]], proposals: Sequence[RankerExamples]
) -> tuple[float, NDArray[np.float64]]:
    """A constant and weights for what the model proposes itself, near those of a ranker of judged targets.

    Logistic regression on that ranker's logit and on the features, the latter held small: 132 paragraphs alone would
    teach too much by chance.
    """
    rows = np.concatenate([each.rows for each in proposals])
    accepted = np.concatenate([each.accepted for each in proposals])
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    standard = np.column_stack([first[0] + rows @ first[1], (rows - mean) / scale, np.ones(len(rows))])
    ridge = np.full(standard.shape[1], _APART)
    ridge[[0, -1]] = 0.0
    found = newton(standard, accepted, np.ones(len(accepted)), ridge)
    plain = found[1:-1] / scale
    return float(found[-1] - plain @ mean + found[0] * first[0]), found[0] * first[1] + plain


def cross_validated(
    known: Sequence[RankerExamples], columns: Sequence[str], *, seeds: Sequence[int] = range(SEEDS)
) -> tuple[Figures, tuple[float, float]]:
    """What a ranker is worth on targets that it was not fitted on, and its `calibration`; means over several foldings.

    The two numbers of the calibration are fitted on the same logits as are measured.
    """
    found, calibrations = [], []
    for seed in seeds:
        logits = held_out_logits(known, columns, seed=seed)
        constant, factor = calibration(logits, known)
        probabilities = [1 / (1 + np.exp(-constant - factor * each)) for each in logits]
        found.append(figures(probabilities, [each.accepted for each in known]))
        calibrations.append((constant, factor))
    constant, factor = np.mean(calibrations, axis=0)
    return mean_figures(found), (float(constant), float(factor))


def cross_validated_proposals(
    first: tuple[float, NDArray[np.float64]],
    proposals: Sequence[RankerExamples],
    *,
    seeds: Sequence[int] = range(SEEDS),
) -> Figures:
    """What an adapted ranker is worth on paragraphs that it was not adapted to; by paragraph, not by place."""
    found = []
    for seed in seeds:
        probabilities: list[NDArray[np.float64]] = [np.zeros(0)] * len(proposals)
        for fold in np.array_split(np.random.default_rng(seed).permutation(len(proposals)), FOLDS):
            held = set(fold.tolist())
            constant, weights = adapted(first, [each for n, each in enumerate(proposals) if n not in held])
            for number in held:
                probabilities[number] = 1 / (1 + np.exp(-constant - proposals[number].rows @ weights))
        found.append(figures(probabilities, [each.accepted for each in proposals]))
    return mean_figures(found)


def newton(
    rows: NDArray[np.float64], accepted: NDArray[np.float64], weights: NDArray[np.float64], ridge: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights (columns,) of a logistic regression."""
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-rows @ found))
        gradient = rows.T @ (weights * (p - accepted)) / weights.sum() + ridge * found
        hessian = (rows * (weights * p * (1 - p))[:, None]).T @ rows / weights.sum() + np.diag(ridge)
        found -= np.linalg.solve(hessian, gradient)
    return found


def main() -> None:
    """Prints cross-validated figures; writes the weights, and the table of what people named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swords", type=Path, required=True, help="swords-v1.1_dev.json.gz")
    parser.add_argument("--coinco", type=Path, required=True, help="CoInCo as JSON lines, gzipped")
    parser.add_argument("--model", default="base-en", help="the masked model whose log p is weighed")
    parser.add_argument("--output", type=Path, required=True, help="the weights, JSON")
    parser.add_argument("--named", type=Path, help="writes named.tsv.gz too")
    args = parser.parse_args()
    model = TextVAE.load(args.model)
    asked = list(read_coinco(args.coinco, language("en")))
    places = judged_places(model, read_swords(args.swords, language("en")))
    proposed = judged_proposals(model)
    print(f"{len(places)} targets, {sum(len(place.substitutes) for place in places)} substitutes", flush=True)
    print(f"{len(proposed)} paragraphs, {sum(len(place.substitutes) for place in proposed)} proposals", flush=True)
    print("| ranker | what people named counted in | " + Figures.heading())
    rankers, told = {}, {}
    for name, columns in RANKER_COLUMNS.items():
        for strict in (True, False) if name != "vectors" else (False,):
            known = examples(name, places, asked, strict=strict)
            found, (shift, factor) = cross_validated(known, columns)
            counted_in = "sentences of no target" if strict else "other sentences than the target's"
            print(f"| {name} | {counted_in if name != 'vectors' else '-'} | {found.line()}", flush=True)
        constant, weights = fitted_ranker(known, columns)
        first = shift + factor * constant, factor * weights
        proposals = examples(name, proposed, asked, strict=False)
        own = cross_validated_proposals(first, proposals)
        print(f"| {name} | of proposals: first and surest by paragraph | {own.line()}", flush=True)
        constant, weights = adapted(first, proposals)
        by_name = {column: float(weight) for column, weight in zip(columns, weights, strict=True)}
        rankers[name] = {"constant": constant, "weights": by_name}
        told[name] = {"targets": found.as_dict(), "proposals": own.as_dict()}
    written = {
        "format": RANKER_FORMAT,
        "learned_from": {
            "judgements": "SWORDS 1.1, development split (Lee et al. 2021), CC-BY-3.0-US",
            "named": "CoInCo (Kremer et al. 2014), CC-BY-3.0-US",
            "model_sha256": model.sha256,
            "swords_sha256": hashlib.sha256(args.swords.read_bytes()).hexdigest(),
            "coinco_sha256": hashlib.sha256(args.coinco.read_bytes()).hexdigest(),
            "targets": len(places),
            "proposals": "readers of ours on paragraphs of the sample corpus, judged.jsonl",
        },
        "cross_validated": told,
        "rankers": rankers,
    }
    args.output.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    if args.named:
        text = human_substitutes_text(count_substitutes(each.place for each in asked), NAMED_HEAD)
        args.named.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
