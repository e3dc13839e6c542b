import pytest

from pipelines.filters.drift import Drift
from pipelines.filters.rule import Judgement


@pytest.mark.parametrize("change", [0.0, 0.3, 0.65])
def test_moderate_change_is_kept(judge, change):
    assert judge(Drift(), "b", change=change) == Judgement(rule="drift", kept=True, value=change, threshold=0.65)


def test_another_text_is_rejected(judge):
    assert judge(Drift(), "b", change=0.8) == Judgement(
        rule="drift",
        kept=False,
        value=0.8,
        threshold=0.65,
        reason="share of changed words: 0.8, above the maximum 0.65",
    )


def test_the_maximum_is_a_setting(judge):
    assert judge(Drift(maximum=0.9), "b", change=0.8).kept
    assert not judge(Drift(maximum=0.2), "b", change=0.3).kept
