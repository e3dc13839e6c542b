import numpy as np
import pytest

from vae.teaching.ranker_figures import figures, mean_figures

P = [np.array([0.9, 0.2]), np.array([0.3, 0.4]), np.array([0.1, 0.05])]
ACCEPTED = [np.array([0.7, 0.1]), np.array([0.5, 0.4]), np.array([0.6, 0.0])]


def test_figures_of_three_targets_are_exact():
    measured = figures(P, ACCEPTED)
    assert measured.first == pytest.approx(2 / 3)
    assert measured.surest_10 == measured.surest_30 == 1.0
    assert measured.surest_50 == 0.5
    # accepted 0.9, 0.3, 0.1 against refused 0.2, 0.4, 0.05: 3 + 2 + 1 of 9 pairs
    assert measured.area == pytest.approx(6 / 9)


def test_calibration_is_the_distance_from_the_share_accepted():
    sure = [np.array([0.75, 0.75, 0.75, 0.75])]
    assert figures(sure, [np.array([1.0, 1.0, 1.0, 0.0])]).calibration == pytest.approx(0)
    assert figures(sure, [np.array([1.0, 0.0, 0.0, 0.0])]).calibration == pytest.approx(0.5)


def test_ties_count_half_in_the_area():
    assert figures([np.array([0.5, 0.5])], [np.array([1.0, 0.0])]).area == 0.5


def test_figures_are_averaged_and_make_rows_of_a_table():
    measured = mean_figures([figures(P, ACCEPTED), figures(P[:1], ACCEPTED[:1])])
    assert measured.first == pytest.approx(5 / 6)
    assert measured.line().startswith("0.833 | ")
    assert measured.heading().splitlines()[0].count("|") == measured.line().count("|")
