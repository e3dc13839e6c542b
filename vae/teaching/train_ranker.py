"""Learns the weights of the rankers from SWORDS and CoInCo, and measures them on targets they did not see."""

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
from vae.teaching.substitution_corpora import JUDGES, asked_places, inflected_targets, read_coinco, read_swords
from vae.text_vae import TextVAE
from vae.variation.ranker import RANKER_COLUMNS, RANKER_FORMAT, replacement_features
from vae.variation.words import bare_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.teaching.substitute_examples import JudgedPlace
    from vae.teaching.substitution_corpora import AskedPlace

_RIDGE = 2e-3
"""Factor on the squared weights of standardised features, which is added to the mean loss."""

FEWER_JUDGES = 0.4
"""Weight of a substitute that only three judges saw, because most of them refused it."""

UNKNOWN_VECTORS = 0.3
"""Weight of the copies of substitutes without their vectors, as phrases have none."""

_APART = 3e-2
"""Factor on the squared differences between a ranker of the model's own proposals and that of judged targets."""

FOLDS, SEEDS = 5, 3
"""Parts of the examples in cross-validation, and how many times they are parted anew."""

NAMED_HEAD = """blogvae-named/1: word, places in which people were asked about it, what was named:places
Counted in CoInCo (Kremer, Erk, Pado and Thater 2014, "What Substitutes Tell Us", EACL), CC-BY-3.0-US, without the
sentences of the test split of SWORDS (Lee et al. 2021). Lemmas by WordNet 3.0."""


@dataclass(frozen=True)
class RankerExamples:
    """The n substitutes of one target: features (n, columns), shares of judges who accept (n,), and weights (n,)."""

    rows: NDArray[np.float64]
    accepted: NDArray[np.float64]
    weights: NDArray[np.float64]


def examples(
    name: str, places: Sequence[JudgedPlace], asked: Sequence[AskedPlace], *, strict: bool
) -> list[RankerExamples]:
    """Returns the examples of each place for one ranker.

    Args:
        name: the ranker, a key of RANKER_COLUMNS.
        places: what was judged.
        asked: places of CoInCo, in which the features count what people named. Sentences in the context of the place
            itself do not count.
        strict: whether sentences in the context of any place do not count.
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
    of_places = []
    for place in places:
        left_out = all_contexts if strict else place.context
        lemmas = {lemma for one in place.replacements for word in one.new for lemma in english.lemmas(word)}
        for one in place.replacements[:1]:
            lemmas |= english.lemmas(bare_case(place.words[one.start]))
        related = {id(each): each for lemma in lemmas for each in by_lemma.get(lemma, ())}
        named = count_substitutes(each.place for each in related.values() if each.sentence not in left_out)
        of_places.append(_example(place, replacement_features(name, place.words, place.replacements, english, named)))
    return of_places


def _example(place: JudgedPlace, rows: NDArray[np.float64]) -> RankerExamples:
    weights = np.array([1.0 if each.judges >= JUDGES else FEWER_JUDGES for each in place.substitutes])
    return RankerExamples(rows, np.array([each.accepted for each in place.substitutes]), weights)


def without_vectors(target: RankerExamples, columns: Sequence[str]) -> RankerExamples:
    """Returns the examples as if the words had no vectors, with UNKNOWN_VECTORS of their weight."""
    rows = target.rows.copy()
    rows[:, [columns.index(name) for name in ("used", "meant", "used and meant")]] = 0.0
    rows[:, columns.index("no vectors")] = 1.0
    return replace(target, rows=rows, weights=target.weights * UNKNOWN_VECTORS)


def fitted_ranker(targets: Sequence[RankerExamples], columns: Sequence[str]) -> tuple[float, NDArray[np.float64]]:
    """Fits a logistic regression to shares of judges; returns its constant and its weights (columns,)."""
    both = [*targets, *(without_vectors(each, columns) for each in targets)]
    rows, accepted, weights = (
        np.concatenate([getattr(each, name) for each in both]) for name in ("rows", "accepted", "weights")
    )
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    standard = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    ridge = np.full(standard.shape[1], _RIDGE)
    ridge[-1] = 0.0
    fitted = newton(standard, accepted, weights, ridge)
    unscaled = fitted[:-1] / scale
    return float(fitted[-1] - unscaled @ mean), unscaled


def held_out_logits(
    targets: Sequence[RankerExamples], columns: Sequence[str], *, seed: int
) -> list[NDArray[np.float64]]:
    """Returns the logits of each target by a ranker that was not fitted on it."""
    logits: list[NDArray[np.float64]] = [np.zeros(0)] * len(targets)
    for fold in np.array_split(np.random.default_rng(seed).permutation(len(targets)), FOLDS):
        held = set(fold.tolist())
        constant, weights = fitted_ranker([each for number, each in enumerate(targets) if number not in held], columns)
        for number in held:
            logits[number] = constant + targets[number].rows @ weights
    return logits


def calibration(logits: Sequence[NDArray[np.float64]], targets: Sequence[RankerExamples]) -> tuple[float, float]:
    """Fits the constant and factor that turn logits into probabilities that half of the judges accept (Platt 1999)."""
    x = np.concatenate(logits)
    rows, good = np.column_stack([np.ones(len(x)), x]), np.concatenate([each.accepted for each in targets]) >= HALF
    platt = np.array([0.0, 1.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-rows @ platt))
        platt -= np.linalg.solve((rows * (p * (1 - p))[:, None]).T @ rows, rows.T @ (p - good))
    return float(platt[0]), float(platt[1])


def adapted(
    first: tuple[float, NDArray[np.float64]], proposals: Sequence[RankerExamples]
) -> tuple[float, NDArray[np.float64]]:
    """Adapts a ranker of judged targets to what the model itself proposes; returns its constant and weights.

    It is a logistic regression on the first ranker's logit and on the features, whose weights are kept small because
    132 paragraphs alone would teach too much by chance.
    """
    rows = np.concatenate([each.rows for each in proposals])
    accepted = np.concatenate([each.accepted for each in proposals])
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    standard = np.column_stack([first[0] + rows @ first[1], (rows - mean) / scale, np.ones(len(rows))])
    ridge = np.full(standard.shape[1], _APART)
    ridge[[0, -1]] = 0.0
    fitted = newton(standard, accepted, np.ones(len(accepted)), ridge)
    unscaled = fitted[1:-1] / scale
    return float(fitted[-1] - unscaled @ mean + fitted[0] * first[0]), fitted[0] * first[1] + unscaled


def cross_validated(
    targets: Sequence[RankerExamples], columns: Sequence[str], *, seeds: Sequence[int] = range(SEEDS)
) -> tuple[Figures, tuple[float, float]]:
    """Measures rankers on targets that they were not fitted on; returns their figures and their `calibration`.

    Both are means over several ways to make folds. The calibration is fitted on the same logits as are measured.
    """
    measured, calibrations = [], []
    for seed in seeds:
        logits = held_out_logits(targets, columns, seed=seed)
        constant, factor = calibration(logits, targets)
        probabilities = [1 / (1 + np.exp(-constant - factor * each)) for each in logits]
        measured.append(figures(probabilities, [each.accepted for each in targets]))
        calibrations.append((constant, factor))
    constant, factor = np.mean(calibrations, axis=0)
    return mean_figures(measured), (float(constant), float(factor))


def cross_validated_proposals(
    first: tuple[float, NDArray[np.float64]],
    proposals: Sequence[RankerExamples],
    *,
    seeds: Sequence[int] = range(SEEDS),
) -> Figures:
    """Measures adapted rankers on paragraphs that they were not adapted to; each paragraph counts as one target."""
    measured = []
    for seed in seeds:
        probabilities: list[NDArray[np.float64]] = [np.zeros(0)] * len(proposals)
        for fold in np.array_split(np.random.default_rng(seed).permutation(len(proposals)), FOLDS):
            held = set(fold.tolist())
            constant, weights = adapted(first, [each for n, each in enumerate(proposals) if n not in held])
            for number in held:
                probabilities[number] = 1 / (1 + np.exp(-constant - proposals[number].rows @ weights))
        measured.append(figures(probabilities, [each.accepted for each in proposals]))
    return mean_figures(measured)


def newton(
    rows: NDArray[np.float64], accepted: NDArray[np.float64], weights: NDArray[np.float64], ridge: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns the weights (columns,) of a logistic regression, by 30 steps of Newton's method.

    Args:
        rows: features, (n, columns).
        accepted: shares to predict, (n,).
        weights: weights of the rows in the mean loss, (n,).
        ridge: factors on the squared weights, (columns,).
    """
    fitted = np.zeros(rows.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-rows @ fitted))
        gradient = rows.T @ (weights * (p - accepted)) / weights.sum() + ridge * fitted
        hessian = (rows * (weights * p * (1 - p))[:, None]).T @ rows / weights.sum() + np.diag(ridge)
        fitted -= np.linalg.solve(hessian, gradient)
    return fitted


def main() -> None:
    """Learns the rankers, prints cross-validated figures, and writes the weights and the table of what people named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swords", type=Path, required=True, help="swords-v1.1_dev.json.gz")
    parser.add_argument("--coinco", type=Path, required=True, help="CoInCo as JSON lines, gzipped")
    parser.add_argument("--model", default="base-en", help="the masked model whose log p is weighed")
    parser.add_argument("--output", type=Path, required=True, help="the weights, JSON")
    parser.add_argument("--named", type=Path, help="writes named.tsv.gz too")
    args = parser.parse_args()
    model = TextVAE.load(args.model)
    asked = list(asked_places(read_coinco(args.coinco), language("en")))
    places = judged_places(model, inflected_targets(read_swords(args.swords).targets, language("en")))
    proposed = judged_proposals(model)
    print(f"{len(places)} targets, {sum(len(place.substitutes) for place in places)} substitutes", flush=True)
    print(f"{len(proposed)} paragraphs, {sum(len(place.substitutes) for place in proposed)} proposals", flush=True)
    print("| ranker | what people named counted in | " + Figures.heading())
    rankers, measured = {}, {}
    for name, columns in RANKER_COLUMNS.items():
        for strict in (True, False) if name != "vectors" else (False,):
            targets = examples(name, places, asked, strict=strict)
            of_targets, (shift, factor) = cross_validated(targets, columns)
            counted_in = "sentences of no target" if strict else "other sentences than the target's"
            print(f"| {name} | {counted_in if name != 'vectors' else '-'} | {of_targets.line()}", flush=True)
        constant, weights = fitted_ranker(targets, columns)
        first = shift + factor * constant, factor * weights
        proposals = examples(name, proposed, asked, strict=False)
        of_proposals = cross_validated_proposals(first, proposals)
        print(f"| {name} | of proposals: first and surest by paragraph | {of_proposals.line()}", flush=True)
        constant, weights = adapted(first, proposals)
        by_name = {column: float(weight) for column, weight in zip(columns, weights, strict=True)}
        rankers[name] = {"constant": constant, "weights": by_name}
        measured[name] = {"targets": of_targets.as_dict(), "proposals": of_proposals.as_dict()}
    rankers_file = {
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
        "cross_validated": measured,
        "rankers": rankers,
    }
    args.output.write_text(json.dumps(rankers_file, indent=1) + "\n", encoding="utf-8")
    if args.named:
        text = human_substitutes_text(count_substitutes(each.place for each in asked), NAMED_HEAD)
        args.named.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
