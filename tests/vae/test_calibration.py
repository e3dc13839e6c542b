import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.calibration import Calibration

MEASURED = Calibration({"neighbour": [(0.0, 0.05), (0.5, 0.15), (1.0, 0.55)]}, {"neighbour": [(0.1, 0.2), (0.5, 0.4)]})


@pytest.mark.parametrize(
    ("change", "radius"), [(0.15, 0.5), (0.1, 0.25), (0.35, 0.75), (0.55, 1.0), (0.05, 0.0), (0.0, 0.0), (0.9, 1.0)]
)
def test_the_radius_is_interpolated_and_never_beyond_the_measured_ones(change, radius):
    assert MEASURED.radius("neighbour", change) == pytest.approx(radius)


@pytest.mark.parametrize(
    ("change", "budget"), [(0.0, 0.0), (0.1, 0.05), (0.2, 0.1), (0.3, 0.3), (0.4, 0.5), (0.9, 0.5)]
)
def test_the_budget_is_interpolated_from_nothing_on_and_never_beyond_the_measured_ones(change, budget):
    assert MEASURED.budget("neighbour", change) == pytest.approx(budget)


def test_where_more_edits_no_longer_change_more_the_most_are_asked_for():
    saturated = Calibration(budgets={"neighbour": [(0.1, 0.1), (0.2, 0.15), (0.4, 0.15), (0.6, 0.15)]})
    assert saturated.budget("neighbour", 0.5) == 0.6
    assert saturated.budget("neighbour", 0.125) == pytest.approx(0.15)


def test_a_share_that_falls_where_radius_or_budget_grow_is_repaired():
    wavy = Calibration({"neighbour": [(0.0, 0.0), (0.2, 0.4), (0.4, 0.3), (0.6, 0.8)]})
    assert wavy.radius("neighbour", 0.2) == pytest.approx(0.1)
    assert wavy.radius("neighbour", 0.6) == pytest.approx(0.5)
    wavy = Calibration(budgets={"neighbour": [(0.2, 0.4), (0.4, 0.3), (0.6, 0.8)]})
    assert wavy.budget("neighbour", 0.2) == pytest.approx(0.1)
    assert wavy.budget("neighbour", 0.6) == pytest.approx(0.5)


shares = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(shares, st.floats(0, 1), st.floats(0, 1))
def test_more_change_never_takes_a_smaller_radius_or_budget(measured, less, more):
    less, more = sorted((less, more))
    curve = [((place + 1) / 4, share) for place, share in enumerate(measured)]
    calibration = Calibration({"neighbour": curve}, {"neighbour": curve})
    assert calibration.radius("neighbour", less) <= calibration.radius("neighbour", more)
    assert calibration.budget("neighbour", less) <= calibration.budget("neighbour", more)


def test_a_strategy_that_was_not_measured_has_radius_1_its_change_as_budget_and_every_change_in_reach():
    assert MEASURED.radius("posterior", 0.3) == 1.0
    assert MEASURED.budget("posterior", 0.3) == 0.3
    assert MEASURED.reach("posterior") == 1.0


def test_what_is_in_reach_is_the_largest_change_of_all_budgets():
    assert Calibration(budgets={"neighbour": [(0.1, 0.1), (0.4, 0.25), (0.6, 0.24)]}).reach("neighbour") == 0.25


tables = st.dictionaries(
    st.sampled_from(["neighbour", "posterior"]),
    st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), min_size=1, max_size=5),
)


@given(tables, tables)
def test_a_calibration_comes_back_from_json(curves, budgets):
    calibration = Calibration(curves, budgets)
    assert Calibration.from_json(calibration.to_json()) == calibration
