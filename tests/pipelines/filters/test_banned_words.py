import pytest

from pipelines.filters.banned_words import BannedWords
from pipelines.filters.rule import Judgement


def test_without_words_every_text_is_kept(judge):
    assert judge(BannedWords(), "Damn!") == Judgement(rule="banned_words", kept=True, value=0.0, threshold=0)


def test_each_find_counts(judge):
    rule = BannedWords(words=("damn", "lorem ipsum", "absent"))
    assert judge(rule, "Damn, damn it, and lorem ipsum.") == Judgement(
        rule="banned_words",
        kept=False,
        value=3.0,
        threshold=0,
        reason="banned words in the text: 3, above the maximum 0",
    )


def test_a_word_of_the_source_is_banned_all_the_same(judge):
    assert not judge(BannedWords(words=("damn",)), "Damn!", source="Damn!").kept


@pytest.mark.parametrize("text", ["A classic", "Scunthorpe", "class_"])
def test_a_part_of_a_word_is_no_find(judge, text):
    assert judge(BannedWords(words=("class", "cunt")), text).kept
