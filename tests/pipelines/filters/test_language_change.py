import pytest

from pipelines.filters.language_change import LanguageChange
from pipelines.filters.rule import Judgement

RULE = LanguageChange()
ENGLISH = "The committee agreed that the new library should open on the first day of spring, with a reading for all."
GERMAN = "Der Ausschuss war sich einig, dass die neue Bücherei am ersten Frühlingstag mit einer Lesung öffnen sollte."


def test_the_same_language_is_kept(judge):
    segments = ((ENGLISH, ENGLISH.replace("committee", "council")),)
    assert judge(RULE, "", segments=segments, language="en") == Judgement(
        rule="language", kept=True, value=0.0, threshold=0.5
    )


def test_another_language_is_rejected_with_the_confidence_in_it(judge):
    judgement = judge(RULE, "", segments=((ENGLISH, GERMAN),), language="en")
    assert not judgement.kept
    assert 0.5 < judgement.value <= 1
    assert judgement.reason.startswith("confidence in another language than the post's: ")


def test_all_varied_segments_together_are_looked_at(judge):
    segments = ((ENGLISH, ENGLISH), ("Yes.", "Ja."), (ENGLISH, ENGLISH))
    assert judge(RULE, "", segments=segments, language="en").value == 0


@pytest.mark.parametrize("language", ["", "und", "de"])
def test_nothing_is_measured_of_a_source_that_is_not_told_to_be_in_the_posts_language(judge, language):
    assert judge(RULE, "", segments=((ENGLISH, GERMAN),), language=language) is None


def test_nothing_is_measured_where_no_segment_is_varied(judge):
    assert judge(RULE, GERMAN, source=ENGLISH, language="en") is None


def test_placeholders_are_no_words(judge):
    segments = (("<num> <url> <code>", "<url> <num> <code>"),)
    assert judge(RULE, "", segments=segments, language="en") is None


def test_a_text_whose_language_cannot_be_told_is_no_other_language(judge):
    assert judge(RULE, "", segments=((ENGLISH, "🙂 42"),), language="en").value == 0


def test_the_confidence_is_a_setting(judge):
    assert judge(LanguageChange(maximum=1), "", segments=((ENGLISH, GERMAN),), language="en").kept
