import pytest

from pipelines.filters.personal_data import PersonalData
from pipelines.filters.rule import Judgement

RULE = PersonalData()


def test_a_text_without_personal_data_is_kept(judge):
    assert judge(RULE, "Write to us.") == Judgement(rule="pii", kept=True, value=0.0, threshold=0)


@pytest.mark.parametrize(
    "data", ["jo@example.org", "+1 202-456-1111", "4111 1111 1111 1111", "GB82 WEST 1234 5698 7654 32", "93.184.123.45"]
)
def test_personal_data_that_the_source_does_not_hold_are_rejected(judge, data):
    assert judge(RULE, f"Write to {data} now.") == Judgement(
        rule="pii",
        kept=False,
        value=1.0,
        threshold=0,
        reason="personal data that the source does not hold: 1, above the maximum 0",
    )


def test_what_the_source_holds_may_stand_as_often(judge):
    source = "Write to jo@example.org."
    assert judge(RULE, "Mail jo@example.org.", source=source).kept
    assert judge(RULE, "Mail jo@example.org or al@example.org.", source=source).value == 1.0


def test_one_kind_of_the_source_does_not_make_room_for_another(judge):
    assert judge(RULE, "Ring +1 202-456-1111.", source="Write to jo@example.org.").value == 1.0


def test_the_number_is_a_setting(judge):
    assert judge(PersonalData(maximum=1), "Write to jo@example.org.").kept
