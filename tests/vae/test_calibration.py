import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.calibration import Calibration

MEASURED = Calibration({"neighbour": [(0.0, 0.05), (0.5, 0.15), (1.0, 0.55)]})


@pytest.mark.parametrize(
    ("change", "radius"), [(0.15, 0.5), (0.1, 0.25), (0.35, 0.75), (0.55, 1.0), (0.05, 0.0), (0.0, 0.0), (0.9, 1.0)]
)
def test_the_radius_is_interpolated_and_never_beyond_the_measured_ones(change, radius):
    assert MEASURED.radius("neighbour", change) == pytest.approx(radius)


def test_a_share_that_falls_where_the_radius_grows_is_repaired():
    wavy = Calibration({"neighbour": [(0.0, 0.0), (0.2, 0.4), (0.4, 0.3), (0.6, 0.8)]})
    assert wavy.radius("neighbour", 0.2) == pytest.approx(0.1)
    assert wavy.radius("neighbour", 0.6) == pytest.approx(0.5)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_more_change_never_takes_a_smaller_radius(shares, less, more):
    less, more = sorted((less, more))
    calibration = Calibration({"neighbour": [(place / 4, share) for place, share in enumerate(shares)]})
    assert calibration.radius("neighbour", less) <= calibration.radius("neighbour", more)


def test_a_strategy_that_was_not_measured_has_radius_1_and_no_floor():
    assert Calibration().radius("posterior", 0.3) == 1.0
    assert Calibration().floor("posterior") == 0.0


def test_the_floor_is_what_changes_without_a_step():
    assert MEASURED.floor("neighbour") == 0.05


@given(
    st.dictionaries(
        st.sampled_from(["neighbour", "posterior"]),
        st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), min_size=1, max_size=5),
    )
)
def test_a_calibration_comes_back_from_json(curves):
    assert Calibration.from_json(Calibration(curves).to_json()) == Calibration(curves)
