"""The two classifiers, whose settings cross-validation over posts chooses."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arms import Arm
    from numpy.typing import NDArray

FOLDS = 3
MOST_STEPS = 10_000


class Classifier(Protocol):
    name: ClassVar[str]

    def scaled(self, training: Any, test: Any) -> tuple[Any, Any]:
        """The features scaled by the training rows alone."""

    def predict(self, x: Any, y: NDArray[np.str_], weights: Any, z: Any, *, c: float, tolerance: float) -> Any:
        """Predicts the classes of z from training rows x and classes y."""


class TfidfRegression:
    """Logistic regression, one class against the rest, on TF-IDF of words; liblinear takes a third of lbfgs's time."""

    name: ClassVar[str] = "TF-IDF"

    def scaled(self, training: Any, test: Any) -> tuple[Any, Any]:
        seen = np.flatnonzero(training.getnnz(axis=0))
        transformer = TfidfTransformer(sublinear_tf=True).fit(training[:, seen])
        return transformer.transform(training[:, seen]), transformer.transform(test[:, seen])

    def predict(self, x: Any, y: NDArray[np.str_], weights: Any, z: Any, *, c: float, tolerance: float) -> Any:
        classes = np.unique(y)
        model = LogisticRegression(solver="liblinear", C=c, tol=tolerance, max_iter=MOST_STEPS)
        found = [model.fit(x, y == each, sample_weight=weights).decision_function(z) for each in classes]
        return classes[np.argmax(found, axis=0)]


class EmbeddingRegression:
    """Multinomial logistic regression on sentence embeddings of unit length."""

    name: ClassVar[str] = "embedding"

    def scaled(self, training: Any, test: Any) -> tuple[Any, Any]:
        return training, test

    def predict(self, x: Any, y: NDArray[np.str_], weights: Any, z: Any, *, c: float, tolerance: float) -> Any:
        model = LogisticRegression(C=c, tol=tolerance / 100, max_iter=MOST_STEPS)
        return model.fit(x, y, sample_weight=weights).predict(z)


CLASSIFIERS: dict[str, Classifier] = {each.name: each for each in (TfidfRegression(), EmbeddingRegression())}


def counts_of(texts: Sequence[str]) -> Any:
    """The number of times that each text holds each word."""
    return CountVectorizer(dtype=np.float64).fit_transform(texts)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The features of all posts in order, then of variations.

    Attributes:
        features: one row for each text.
        owners: the index of the post that each row is or varies.
        variants: 0 for a post, k for its k-th variation.
    """

    features: Any
    owners: NDArray[np.intp]
    variants: NDArray[np.intp]

    def of(self, posts: NDArray[np.intp], *, each: int) -> NDArray[np.intp]:
        """The rows of these posts and of the first variations of each."""
        return np.flatnonzero(np.isin(self.owners, posts) & (self.variants <= each))


def row_weights(owners: NDArray[np.intp], variants: NDArray[np.intp], weight: float) -> NDArray[np.float64]:
    """The weights of rows: a post and its variations sum to 1, and a variation weighs `weight` times its post.

    So C means the same in every arm, and no arm wins by weaker regularisation.
    """
    raw = np.where(variants == 0, 1.0, weight)
    return raw / np.bincount(owners, raw)[owners]


def measured(
    classifier: Classifier,
    arm: Arm,
    rows: Rows,
    labels: NDArray[np.str_],
    *,
    training: NDArray[np.intp],
    test: NDArray[np.intp],
    seed: int,
) -> dict[str, float]:
    """Trains on posts and the arm's variations, and measures on posts alone."""
    kept = rows.of(training, each=arm.each)
    owners, variants = rows.owners[kept], rows.variants[kept]
    x, z = classifier.scaled(rows.features[kept], rows.features[test])
    y, truth = labels[owners], labels[test]
    posts = np.flatnonzero(variants == 0)
    folds = [
        (~np.isin(owners, owners[posts[held]]), posts[held])
        for _, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(posts, y[posts])
    ]

    def right(option: tuple[float, float]) -> int:
        weight, c = option
        weights = row_weights(owners, variants, weight)
        told = [
            classifier.predict(x[fit], y[fit], weights[fit], x[held], c=c, tolerance=arm.tolerance) == y[held]
            for fit, held in folds
        ]
        return int(np.concatenate(told).sum())

    weight, c = max(product(arm.weights, arm.cs), key=right)
    weights = row_weights(owners, variants, weight)
    told = classifier.predict(x, y, weights, z, c=c, tolerance=arm.tolerance)
    plain = classifier.predict(x, y, np.where(variants == 0, 1.0, weight), z, c=1.0, tolerance=arm.tolerance)
    return {
        "accuracy": float(accuracy_score(truth, told)),
        "macro_f1": float(f1_score(truth, told, average="macro", zero_division=0)),
        "accuracy_c1": float(accuracy_score(truth, plain)),
        "c": c,
        "weight": weight,
        "posts": len(posts),
        "variations": len(kept) - len(posts),
    }
