import numpy as np
import pytest

from vae.teaching.train_ranker import RankerExamples, calibration, cross_validated, fitted_ranker, without_vectors
from vae.variation.ranker import RANKER_COLUMNS

VECTORS = RANKER_COLUMNS["vectors"]
USED, FAR = VECTORS.index("used"), VECTORS.index("far new")


def targets(count=60):
    rng = np.random.default_rng(0)
    examples = []
    for _ in range(count):
        rows = rng.normal(size=(12, len(VECTORS)))
        rows[:, VECTORS.index("no vectors")] = 0
        accepted = 1 / (1 + np.exp(-(3 * rows[:, USED] + rows[:, FAR] - 1)))
        examples.append(RankerExamples(rows, accepted, np.ones(12)))
    return examples


def test_weights_follow_what_was_accepted():
    constant, weights = fitted_ranker(targets(), VECTORS)
    others = np.delete(np.abs(weights), [USED, FAR, VECTORS.index("no vectors")])
    assert weights[USED] > 2 * weights[FAR] > 0
    assert others.max() < 0.1
    assert constant < 0


def test_copies_without_vectors_keep_the_other_features():
    examples = targets(1)[0]
    copied = without_vectors(examples, VECTORS)
    assert (copied.rows[:, USED] == 0).all()
    assert (copied.rows[:, VECTORS.index("no vectors")] == 1).all()
    assert (copied.rows[:, FAR] == examples.rows[:, FAR]).all()
    assert copied.weights.sum() < examples.weights.sum()


def test_a_signal_holds_on_unseen_targets_and_noise_does_not():
    examples = targets(200)
    assert cross_validated(examples, VECTORS)[0].area > 0.95
    rng = np.random.default_rng(1)
    noise = [RankerExamples(each.rows, rng.permutation(each.accepted), each.weights) for each in examples]
    assert cross_validated(noise, VECTORS)[0].area == pytest.approx(0.5, abs=0.06)


def test_calibration_makes_probabilities_of_logits():
    rng = np.random.default_rng(2)
    logits = rng.normal(size=4000)
    accepted = (rng.random(4000) < 1 / (1 + np.exp(1 - 2 * logits))).astype(float)
    examples = [RankerExamples(np.zeros((4000, 1)), accepted, np.ones(4000))]
    assert calibration([logits], examples) == pytest.approx((-1, 2), abs=0.2)
