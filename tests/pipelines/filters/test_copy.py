import pytest

from pipelines.filters.copy import Copy
from pipelines.filters.rule import Candidate, Judgement


def judge(change: float, **thresholds: float) -> Judgement:
    return Copy(**thresholds).judge(Candidate(source="a", text="a", change=change))


@pytest.mark.parametrize("change", [0.03, 0.5, 1.0])
def test_enough_change_is_kept(change):
    assert judge(change) == Judgement(rule="copy", kept=True, value=change, threshold=0.03)


def test_nearly_a_copy_is_rejected():
    assert judge(0.0125) == Judgement(
        rule="copy",
        kept=False,
        value=0.0125,
        threshold=0.03,
        reason="nearly a copy of the source: the share of changed words 0.0125 is below the minimum 0.03",
    )


def test_the_minimum_is_a_setting():
    assert not judge(0.05, minimum=0.1).kept
    assert judge(0.0, minimum=0).kept
