import pytest

from vae.calibration import RADII
from vae.evaluation.radius import calibrate, radius_curve
from vae.evaluation.reconstruction import bleu
from vae.text_vae import TextVAE


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


def test_a_farther_step_changes_more(model, rows):
    points = radius_curve(model, rows[:40], seed=0)
    assert [point.radius for point in points] == list(RADII)
    near, far = points[0], points[-1]
    assert near.changed < 0.05 < 0.5 < far.changed
    assert near.bleu == pytest.approx(bleu(model, [*map(list, rows[:40])], rows[:40]), abs=10)
    assert far.bleu < 50
    assert near.self_bleu == pytest.approx(100)
    assert far.self_bleu < 50
    assert near.cycle < far.cycle


def test_each_strategy_with_a_radius_is_calibrated(model, rows):
    curves = calibrate(model, rows[:40], seed=0).curves
    assert set(curves) == {"neighbour", "posterior"}
    for curve in curves.values():
        assert [radius for radius, _ in curve] == list(RADII)
        assert all(0 <= share <= 1 for _, share in curve)
        assert curve[0][1] < 0.05 < curve[-1][1]
    assert curves["neighbour"][0] == curves["posterior"][0]
    assert calibrate(model, rows[:40], seed=0).curves == curves
