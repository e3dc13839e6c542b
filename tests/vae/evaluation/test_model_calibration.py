import pytest

from tokenizer.segments import cut
from vae.data.dataset import Dataset
from vae.data.split import texts_of
from vae.evaluation.model_calibration import calibrate, measured_changes
from vae.latent.calibration import RADII, Calibration
from vae.latent.strategies import STRATEGIES
from vae.text_vae import TextVAE
from vae.variation.sampling import Sampling
from vae.variation.variation_maker import VariationMaker

pytestmark = pytest.mark.slow

WITH_RADIUS = ["neighbour", "posterior", "interpolate", "resample-slots", "attribute"]


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


@pytest.fixture(scope="module")
def held_out(dataset):
    return {split: texts_of(Dataset.open(dataset).shards(split), 50, seed=0) for split in ("validation", "test")}


@pytest.fixture(scope="module")
def calibration(model, held_out):
    return calibrate(model, held_out["validation"], seed=0)


def test_each_strategy_with_a_radius_has_a_curve(calibration):
    assert list(calibration.curves) == WITH_RADIUS
    for name, curve in calibration.curves.items():
        assert [radius for radius, _ in curve] == [r for r in RADII if r <= STRATEGIES[name].largest_radius]
        assert all(0 <= share <= 1 for _, share in curve)
        assert curve[0][1] < 0.05 < curve[-1][1]
    assert len({tuple(curve) for curve in calibration.curves.values()}) == len(WITH_RADIUS)


def test_a_masked_model_is_measured_at_fewer_radii_on_fewer_texts(fills, held_out):
    rows = held_out["validation"]
    calibration = calibrate(fills, rows, seed=0)
    assert [radius for radius, _ in calibration.curves["neighbour"]] == [0.0, 0.4, 0.7, 1.0, 1.3]
    assert [radius for radius, _ in calibration.curves["interpolate"]] == [0.0, 0.4, 0.7, 1.0]
    assert calibrate(fills, rows[:12], seed=0) == calibration


@pytest.mark.parametrize("strategy", ["neighbour", "interpolate"])
def test_variations_change_no_more_than_is_asked_for(model, held_out, strategy):
    asked = [0.0, 0.1, 0.3, 0.5]
    measured = measured_changes(model, held_out["test"][:20], strategy, asked, seed=1)
    assert measured[0] == 0
    assert measured == sorted(measured)
    assert 0 < measured[-1] <= 0.5 + 0.03


def test_a_calibration_follows_from_rows_and_seed_and_not_from_the_one_before(model, held_out, monkeypatch):
    rows = held_out["validation"][:12]
    measured = calibrate(model, rows, seed=0)
    assert calibrate(model, rows, seed=1) != measured
    other = Calibration({"neighbour": [(0.0, 0.0), (9.0, 1.0)]})
    monkeypatch.setattr(model, "calibration", other)
    assert calibrate(model, rows, seed=0) == measured
    assert model.calibration is other


def test_a_text_weighs_as_much_as_it_has_words(model, held_out):
    rows = sorted(held_out["test"], key=len)
    rows = [*rows[:4], *rows[-4:]]
    texts = [
        [
            segment
            for of_row in cut(model.tokenizer.decode(four), tokenizer=model.tokenizer, max_len=16)
            for segment in of_row
        ]
        for four in (rows[:4], rows[4:])
    ]
    variations = VariationMaker(model, Sampling(change=0.4, at_least=0.0, seed=1))(texts, keys=[("0", 0), ("1", 0)])
    changes = [variation.change for variation in variations]
    words = [len(" ".join(segment.text for segment in text).split()) for text in texts]
    expected = sum(change * count for change, count in zip(changes, words, strict=True)) / sum(words)
    assert measured_changes(model, rows, "neighbour", [0.4], seed=1) == pytest.approx([expected])
    assert words[1] > 2 * words[0]
    assert changes[0] != pytest.approx(changes[1], abs=0.01)


@pytest.mark.parametrize("count", [1, 5])
def test_few_rows_give_curves_too(model, held_out, count):
    curves = calibrate(model, held_out["validation"][:count], seed=0).curves
    assert set(curves) == set(WITH_RADIUS)
    if count == 1:  # a single text has no other text to move toward, so the radius changes nothing
        assert {share for _, share in curves["interpolate"]} == {curves["interpolate"][0][1]}
