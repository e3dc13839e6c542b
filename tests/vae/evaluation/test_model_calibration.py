from itertools import pairwise

import pytest

from tokenizer.segments import cut
from vae.calibration import RADII, Calibration
from vae.dataset import Dataset
from vae.evaluation.calibrate import BUDGETS, calibrate, measured_changes
from vae.evaluation.metrics import texts_of
from vae.latent.strategy import STRATEGIES
from vae.text_vae import TextVAE
from vae.variation import Sampling
from vae.varier import Varier

WITH_RADIUS = ["neighbour", "posterior", "interpolate", "resample-slots", "attribute"]


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


@pytest.fixture(scope="module")
def held_out(dataset):
    return {split: texts_of(Dataset.open(dataset).shards(split), 50, seed=0) for split in ("validation", "test")}


@pytest.fixture(scope="module")
def found(model, held_out):
    return calibrate(model, held_out["validation"], seed=0)


def test_each_strategy_with_a_radius_has_a_curve_and_budgets(found):
    assert list(found.curves) == list(found.budgets) == WITH_RADIUS
    for name, curve in found.curves.items():
        assert [radius for radius, _ in curve] == [r for r in RADII if r <= STRATEGIES[name].largest_radius]
        assert all(0 <= share <= 1 for _, share in curve)
        assert curve[0][1] < 0.05 < curve[-1][1]
    assert len({tuple(curve) for curve in found.curves.values()}) == len(WITH_RADIUS)


def test_more_edits_asked_for_change_more(found):
    for table in found.budgets.values():
        assert [asked for asked, _ in table] == list(BUDGETS)
        measured = [share for _, share in table]
        assert all(more > less - 0.01 for less, more in pairwise(measured))
        assert all(share <= asked + 0.03 for asked, share in table)
        assert measured[3] > measured[0] + 0.2


@pytest.mark.parametrize("strategy", WITH_RADIUS)
def test_a_change_is_met_within_three_points_where_there_are_edits_enough(
    model, found, held_out, strategy, monkeypatch
):
    """Of texts this short the tries propose so few that half of the words is more than some strategies can change."""
    monkeypatch.setattr(model, "calibration", Calibration(found.curves))
    (most,) = measured_changes(model, held_out["test"], strategy, [1.0], seed=1)
    monkeypatch.setattr(model, "calibration", found)
    asked = [change for change in (0.1, 0.2, 0.3, 0.5) if change < most - 0.05]
    measured = measured_changes(model, held_out["test"], strategy, asked, seed=1)
    assert measured == pytest.approx(asked, abs=0.03)
    assert len(asked) >= 3
    over = measured_changes(model, held_out["test"], strategy, [most + 0.1, 1.0], seed=1)
    assert max(over) <= most + 0.03


def test_what_is_measured_follows_from_rows_and_seed_not_from_the_calibration_there_is(model, held_out, monkeypatch):
    rows = held_out["validation"][:12]
    measured = calibrate(model, rows, seed=0)
    assert calibrate(model, rows, seed=1) != measured
    other = Calibration({"neighbour": [(0.0, 0.0), (9.0, 1.0)]}, {"neighbour": [(1.0, 0.1)]})
    monkeypatch.setattr(model, "calibration", other)
    assert calibrate(model, rows, seed=0) == measured
    assert model.calibration is other


def test_the_calibration_there_is_stays_where_measuring_fails(model, held_out, monkeypatch):
    def fail(*_, **__):
        raise MemoryError

    before = model.calibration
    monkeypatch.setattr("vae.evaluation.calibrate.decode_tries", fail)
    with pytest.raises(MemoryError):
        calibrate(model, held_out["validation"], seed=0)
    assert model.calibration is before


def test_a_text_counts_by_its_words(model, held_out):
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
    found = Varier(model, Sampling(seed=1))(texts, keys=[("0", 0), ("1", 0)])
    words = [len(" ".join(segment.text for segment in text).split()) for text in texts]
    expected = sum(each.change * count for each, count in zip(found, words, strict=True)) / sum(words)
    assert measured_changes(model, rows, "neighbour", [0.3], seed=1) == pytest.approx([expected])
    assert words[1] > 2 * words[0]
    assert found[0].change != pytest.approx(found[1].change, abs=0.01)


@pytest.mark.parametrize("count", [1, 5])
def test_a_text_or_five_are_enough(model, held_out, count):
    """Alone, a text has no partner to be drawn to."""
    found = calibrate(model, held_out["validation"][:count], seed=0)
    assert set(found.budgets) == set(WITH_RADIUS)
    if count == 1:
        assert {share for _, share in found.curves["interpolate"]} == {found.curves["interpolate"][0][1]}


def test_a_model_without_n_grams_has_its_radii_measured_all_the_same(model, held_out):
    bare = TextVAE(model.module, model.tokenizer, model.settings)
    rows = held_out["validation"][:12]
    assert calibrate(bare, rows, seed=0).curves == calibrate(model, rows, seed=0).curves
