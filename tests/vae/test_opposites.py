import pytest

from vae.edits import edits
from vae.opposites import PAIRS, opposite


@pytest.mark.parametrize(
    ("one", "other"),
    [("start", "stop"), ("stopped", "started"), ("ago", "later"), ("small", "large"), ("opens", "close")],
)
def test_opposites_are_told_either_way_round_and_inflected(one, other):
    assert opposite(one, other)
    assert opposite(other, one)


@pytest.mark.parametrize(("one", "other"), [("team", "group"), ("begin", "start"), ("small", "small"), ("", "large")])
def test_words_alike_are_none(one, other):
    assert not opposite(one, other)


def test_pairs_are_two_different_words_in_lower_case():
    assert {len(pair) for pair in PAIRS} == {2}
    assert all(word.isalpha() and word == word.casefold() for pair in PAIRS for word in pair)


def test_no_edit_turns_a_word_into_its_opposite():
    tries = ["The owl stopped reading small letters.".split(), "The owl began sending tiny letters.".split()]
    found = edits("The owl started reading large letters.".split(), tries, kept=frozenset(), names=True)
    brought = {word for edit in found for word in edit.words}
    assert "began" in brought
    assert "tiny" in brought
    assert not {"stopped", "small"} & brought
