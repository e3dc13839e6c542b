import pytest

from pipelines.filters.banned_words import BannedWords
from pipelines.filters.rule import Candidate, Judgement


def judge(text: str, *words: str, source: str = "") -> Judgement:
    return BannedWords(words=words).judge(Candidate(source=source, text=text, change=0.3))


def test_without_words_every_text_is_kept():
    assert judge("Damn!") == Judgement(rule="banned_words", kept=True, value=0.0, threshold=0.0)


def test_each_find_counts_and_is_told():
    assert judge("Damn, damn it, and lorem ipsum.", "damn", "lorem ipsum", "absent") == Judgement(
        rule="banned_words",
        kept=False,
        value=3.0,
        threshold=0.0,
        reason="banned words stand in the text: damn × 2, lorem ipsum × 1",
    )


def test_a_word_of_the_source_is_banned_all_the_same():
    assert not judge("Damn!", "damn", source="Damn!").kept


@pytest.mark.parametrize("text", ["A classic", "Scunthorpe", "class_"])
def test_a_part_of_a_word_is_no_find(text):
    assert judge(text, "class", "cunt").kept
