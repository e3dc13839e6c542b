import pytest

from vae.evaluation.radius_curve import radius_curve
from vae.evaluation.reconstruction import bleu
from vae.latent.calibration import RADII
from vae.latent.noise import normal
from vae.text_vae import TextVAE


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


def test_a_larger_radius_changes_more(model, rows):
    points = radius_curve(model, rows[:40], seed=0)
    assert [point.radius for point in points] == list(RADII)
    near, far = points[0], points[-1]
    assert near.changed < 0.05 < 0.5 < far.changed
    assert near.bleu == pytest.approx(bleu(model, [*map(list, rows[:40])], rows[:40]), abs=10)
    assert far.bleu < 50
    assert near.self_bleu == pytest.approx(100)
    assert far.self_bleu < 50
    assert near.cycle < far.cycle


def test_the_cycle_is_over_the_slots_that_a_text_uses(model, rows):
    short = next(row for row in rows if len(row) == 3 and radius_curve(model, [row], seed=0)[1].changed == 0)
    mean, noise = model.encode_ids([short]).mean[0], normal((8, 8), key=(0, "neighbour", 0, 0))
    # The text has four pieces with the end marker, two for each slot.
    stepped = mean[:2] + RADII[1] * noise[:2]
    expected = (stepped - mean[:2]).norm() / stepped.norm()
    assert radius_curve(model, [short], seed=0)[1].cycle == pytest.approx(expected.item(), rel=1e-4)
