import pytest

from pipelines.filters.copy import Copy
from pipelines.filters.rule import Judgement


@pytest.mark.parametrize("change", [0.01, 0.5, 1.0])
def test_enough_change_is_kept(judge, change):
    assert judge(Copy(), "a", change=change) == Judgement(rule="copy", kept=True, value=change, threshold=0.01)


def test_nearly_a_copy_is_rejected(judge):
    assert judge(Copy(), "a", change=0.0025) == Judgement(
        rule="copy",
        kept=False,
        value=0.0025,
        threshold=0.01,
        reason="share of changed words: 0.0025, below the minimum 0.01",
    )


def test_the_minimum_is_a_setting(judge):
    assert not judge(Copy(minimum=0.1), "a", change=0.05).kept
    assert judge(Copy(minimum=0), "a", change=0.0).kept
