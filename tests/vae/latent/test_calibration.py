import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.latent.calibration import Calibration

MEASURED = Calibration(
    {
        "neighbour": [(0.0, 0.05), (0.5, 0.15), (1.0, 0.55)],
        "resample-slots": [(0.0, 0.05), (0.2, 0.25), (0.4, 0.45), (1.0, 0.95)],
    }
)


@pytest.mark.parametrize(
    ("change", "radius"), [(0.15, 0.5), (0.1, 0.25), (0.35, 0.75), (0.55, 1.0), (0.05, 0.0), (0.0, 0.0), (0.9, 1.0)]
)
def test_the_radius_is_interpolated_and_never_beyond_the_measured_ones(change, radius):
    assert MEASURED.radius("neighbour", change) == pytest.approx(radius)


def test_a_measured_share_never_falls_as_the_radius_grows():
    wavy = Calibration({"neighbour": [(0.0, 0.0), (0.2, 0.4), (0.4, 0.3), (0.6, 0.8)]})
    assert wavy.radius("neighbour", 0.2) == pytest.approx(0.1)
    assert wavy.radius("neighbour", 0.6) == pytest.approx(0.5)


shares = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(shares, st.floats(0, 1), st.floats(0, 1))
def test_more_change_never_takes_a_smaller_radius(measured, less, more):
    less, more = sorted((less, more))
    calibration = Calibration({"neighbour": [((place + 1) / 4, share) for place, share in enumerate(measured)]})
    assert calibration.radius("neighbour", less) <= calibration.radius("neighbour", more)


def test_a_strategy_that_was_not_measured_has_radius_1():
    assert MEASURED.radius("posterior", 0.3) == 1.0


@pytest.mark.parametrize(("radius", "matching"), [(0.75, 0.3), (1.0, 0.52), (0.0, 0.0), (5.0, 0.52)])
def test_a_matching_radius_changes_as_many_words_as_neighbour_does(radius, matching):
    assert MEASURED.matching("resample-slots", radius) == pytest.approx(matching)


def test_a_radius_matches_itself_for_neighbour_and_where_a_curve_is_missing():
    assert MEASURED.matching("neighbour", 0.7) == MEASURED.matching("posterior", 0.7) == 0.7
    assert Calibration({"posterior": [(0.0, 0.1), (1.0, 0.5)]}).matching("posterior", 0.7) == 0.7


tables = st.dictionaries(
    st.sampled_from(["neighbour", "posterior"]),
    st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), min_size=1, max_size=5),
)


@given(tables)
def test_a_calibration_comes_back_from_json(curves):
    assert Calibration.from_json(Calibration(curves).to_json()) == Calibration(curves)


def test_budgets_in_the_calibration_of_an_older_release_are_ignored():
    old = '{"curves": {"neighbour": [[0.0, 0.1]]}, "budgets": {"neighbour": [[0.1, 0.2]]}}'
    assert Calibration.from_json(old) == Calibration({"neighbour": [(0.0, 0.1)]})
