import pytest

from vae.evaluation.verdict import Verdict, meaning_radius, verdict, verdict_on


def curve(*changed):
    return [{"radius": place / 2, "changed": share} for place, share in enumerate(changed)]


@pytest.mark.parametrize(
    ("changed", "radius"),
    [
        ((0.0, 0.1, 0.2), 0.75),
        ((0.0, 0.15, 0.2), 0.5),
        ((0.2, 0.1, 0.3), 0.0),
        ((0.0, 0.01, 0.02), 1.0),
        ((0.0, 0.3, 0.1, 0.4), 0.25),
    ],
)
def test_the_meaning_is_kept_until_15_percent_of_the_words_change(changed, radius):
    assert meaning_radius(curve(*changed)) == pytest.approx(radius)


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (
            {"rebuilt": 0.989, "radius": 0.8, "active": 30},
            Verdict(True, "Rebuilds 98% of words; neighbours keep the meaning until radius 0.8; ready to augment."),
        ),
        (
            {"rebuilt": 0.9, "radius": 0.1, "active": 0},
            Verdict(True, "Rebuilds 90% of words; neighbours keep the meaning until radius 0.1; ready to augment."),
        ),
        (
            {"rebuilt": 0.95, "radius": 0.04, "active": 30},
            Verdict(
                False, "Rebuilds 95% of words, but neighbours lose the meaning at radius 0.04; try a higher --set beta."
            ),
        ),
        (
            {"rebuilt": 0.8999, "radius": 0.0, "active": 2},
            Verdict(False, "Not trained enough: rebuilds 89% of words; try more steps or --init base-en."),
        ),
        (
            {"rebuilt": 0.05, "radius": 0.0, "active": 1},
            Verdict(
                False,
                "Not usable: rebuilds 5% of words, because the decoder ignores the latent (1 of 32 units active); "
                "try --set beta=0.1, or another preset.",
            ),
        ),
    ],
)
def test_a_model_is_ready_or_the_line_says_why_not_and_what_to_try(figures, told):
    assert verdict(**figures, units=32) == told


def test_the_verdict_reads_the_figures_of_an_evaluation():
    metrics = {"radius_curve": curve(0.02, 0.1, 0.2), "active_units": 60, "units": 64}
    assert verdict_on(metrics) == verdict(rebuilt=0.98, radius=0.75, active=60, units=64)
