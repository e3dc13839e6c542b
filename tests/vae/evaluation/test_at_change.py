import pytest

from vae.evaluation.at_change import at_change


def point(radius, changed, cycle=0.5):
    return {"radius": radius, "changed": changed, "bleu": 100 - 100 * changed, "cycle": cycle}


def test_figures_are_interpolated_between_radii():
    points = [point(0.0, 0.1), point(1.0, 0.2), point(2.0, 0.6, cycle=0.1)]
    assert at_change(points, 0.3) == pytest.approx({"radius": 1.25, "changed": 0.3, "bleu": 70.0, "cycle": 0.4})


@pytest.mark.parametrize("share", [0.09, 0.61])
def test_a_share_that_no_radius_changes_has_no_figures(share):
    assert at_change([point(0.0, 0.1), point(1.0, 0.6)], share) is None


def test_a_share_that_falls_with_the_radius_is_replaced_by_the_larger_one_before():
    points = [point(0.0, 0.1), point(1.0, 0.5), point(2.0, 0.4), point(3.0, 0.7)]
    assert at_change(points, 0.6)["radius"] == pytest.approx(2.5)
