import pytest

from pipelines.filters.drift import Drift
from pipelines.filters.rule import Candidate, Judgement


def judge(change: float, **thresholds: float) -> Judgement:
    return Drift(**thresholds).judge(Candidate(source="a", text="b", change=change))


@pytest.mark.parametrize("change", [0.0, 0.3, 0.65])
def test_moderate_change_is_kept(change):
    assert judge(change) == Judgement(rule="drift", kept=True, value=change, threshold=0.65)


def test_another_text_is_rejected():
    assert judge(0.8) == Judgement(
        rule="drift",
        kept=False,
        value=0.8,
        threshold=0.65,
        reason="too far from the source: the share of changed words 0.8 is above the maximum 0.65",
    )


def test_the_maximum_is_a_setting():
    assert judge(0.8, maximum=0.9).kept
    assert not judge(0.3, maximum=0.2).kept
