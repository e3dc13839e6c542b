"""Trains and measures the two classifiers of the utility study; cross-validation over posts chooses their settings."""

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
    """A way to predict classes from features."""

    name: ClassVar[str]

    def scaled(self, training: Any, test: Any) -> tuple[Any, Any]:
        """Scales features by what the training rows say; returns those of training and test."""

    def predict(self, x: Any, y: NDArray[np.str_], weights: Any, z: Any, *, c: float, tolerance: float) -> Any:
        """Trains on rows x with classes y and weights, and predicts the classes of z."""


class TfidfRegression:
    """Logistic regression, one class against the rest, on TF-IDF of words; liblinear needs a third of lbfgs's time."""

    name: ClassVar[str] = "TF-IDF"

    def scaled(self, training: Any, test: Any) -> tuple[Any, Any]:
        seen = np.flatnonzero(training.getnnz(axis=0))
        transformer = TfidfTransformer(sublinear_tf=True).fit(training[:, seen])
        return transformer.transform(training[:, seen]), transformer.transform(test[:, seen])

    def predict(self, x: Any, y: NDArray[np.str_], weights: Any, z: Any, *, c: float, tolerance: float) -> Any:
        classes = np.unique(y)
        model = LogisticRegression(solver="liblinear", C=c, tol=tolerance, max_iter=MOST_STEPS)
        scores = [model.fit(x, y == each, sample_weight=weights).decision_function(z) for each in classes]
        return classes[np.argmax(scores, axis=0)]


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
    """Counts how often each word occurs in each text."""
    return CountVectorizer(dtype=np.float64).fit_transform(texts)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The features of all posts in order, then of their variations.

    Attributes:
        features: one row for each text.
        owners: the index of the post that a row is, or is a variation of.
        variants: 0 for a post, k for its k-th variation.
    """

    features: Any
    owners: NDArray[np.intp]
    variants: NDArray[np.intp]

    def of(self, posts: NDArray[np.intp], *, each: int) -> NDArray[np.intp]:
        """Returns the rows of these posts and of up to `each` variations of them."""
        return np.flatnonzero(np.isin(self.owners, posts) & (self.variants <= each))


def row_weights(owners: NDArray[np.intp], variants: NDArray[np.intp], weight: float) -> NDArray[np.float64]:
    """Returns the weights of rows: a variation weighs `weight` times its post, and all rows of a post sum to 1.

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
    """Trains on posts and the arm's variations, and measures on test posts without variations."""
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
        correct = [
            classifier.predict(x[fit], y[fit], weights[fit], x[held], c=c, tolerance=arm.tolerance) == y[held]
            for fit, held in folds
        ]
        return int(np.concatenate(correct).sum())

    weight, c = max(product(arm.weights, arm.cs), key=right)
    weights = row_weights(owners, variants, weight)
    predicted = classifier.predict(x, y, weights, z, c=c, tolerance=arm.tolerance)
    plain = classifier.predict(x, y, np.where(variants == 0, 1.0, weight), z, c=1.0, tolerance=arm.tolerance)
    return {
        "accuracy": float(accuracy_score(truth, predicted)),
        "macro_f1": float(f1_score(truth, predicted, average="macro", zero_division=0)),
        "accuracy_c1": float(accuracy_score(truth, plain)),
        "c": c,
        "weight": weight,
        "posts": len(posts),
        "variations": len(kept) - len(posts),
    }
