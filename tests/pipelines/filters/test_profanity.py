import pytest

from pipelines.errors import UserError
from pipelines.filters.profanity import Profanity
from pipelines.filters.rule import Judgement


@pytest.fixture
def rule(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("Blast\ndrat\n\n")
    return Profanity(words=str(path))


def test_a_text_without_listed_words_is_kept(judge, rule):
    assert judge(rule, "A blaster.") == Judgement(rule="profanity", kept=True, value=0.0, threshold=0)


def test_listed_words_count_as_often_as_they_stand_whatever_the_case(judge, rule):
    assert judge(rule, "BLAST it, drat and blast!") == Judgement(
        rule="profanity",
        kept=False,
        value=3.0,
        threshold=0,
        reason="listed words that the source does not hold: 3, above the maximum 0",
    )


def test_words_of_the_source_may_stand(judge, rule):
    assert judge(rule, "Blast, blast!", source="Oh, blast.").kept
    assert judge(rule, "Drat!", source="Oh, blast.").value == 1


def test_the_number_is_a_setting(judge, rule):
    assert judge(Profanity(words=rule.words, maximum=1), "Drat!").kept


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_list_that_cannot_be_read_is_told(tmp_path, content):
    path = tmp_path / "unreadable.txt"
    if content:
        path.write_bytes(content)
    with pytest.raises(UserError, match=r"unreadable.txt cannot be read: .*; name a file with one word a line$"):
        Profanity(words=str(path))
