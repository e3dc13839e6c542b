import pytest

from vae.edits import FACTS
from vae.function_words import _ALONE, _EXCHANGEABLE, CLASSES
from vae.word_forms import same_stem
from vae.word_hashes import bare

LINES = [line.split() for line in _EXCHANGEABLE.strip().splitlines()]


def test_each_word_stands_once_in_small_letters_and_without_marks():
    listed = [*_ALONE.split(), *_EXCHANGEABLE.split()]
    assert len(listed) == len(set(listed)) == len(CLASSES)
    assert [word for word in listed if not word.isascii() or not word.isalpha() or bare(word) != word] == []


def test_no_word_is_a_fact_too():
    assert sorted(CLASSES.keys() & FACTS) == []


def test_words_of_a_line_are_one_class_and_any_other_word_is_a_class_by_itself():
    classes = {}
    for word, name in CLASSES.items():
        classes.setdefault(name, set()).add(word)
    assert sorted(map(sorted, classes.values())) == sorted([*map(sorted, LINES), *([word] for word in _ALONE.split())])


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_a_class_of_several_words_has_some_that_an_edit_may_exchange(line):
    """Forms of one word are never exchanged, so two of them are no class."""
    assert all(any(not same_stem(word, other) for other in line if other != word) for word in line)
