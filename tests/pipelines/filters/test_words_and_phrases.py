import pytest

from pipelines.filters.words_and_phrases import folded_words, ngrams, occurrences


def test_words_are_case_folded_runs_of_letters_and_digits():
    assert folded_words("**Straße 42** – don't, e-mail!") == ("strasse", "42", "don", "t", "e", "mail")


def test_ngrams_are_all_runs_in_order():
    assert ngrams(("a", "b", "c"), 2) == [("a", "b"), ("b", "c")]
    assert ngrams(("a", "b", "c"), 4) == []


@pytest.mark.parametrize(
    ("phrase", "text", "count"),
    [
        ("C++", "I like c++, not C.", 1),
        ("c", "I like C, not cc.", 1),
        ("lorem ipsum", "Lorem\n  IPSUM lorem, ipsum", 1),
        ("don't", "Don't; they don't.", 2),
        ("no", "no no no", 3),
        ("STRASSE", "Die Straße", 1),
    ],
)
def test_phrases_occur_as_whole_words_whatever_case_and_space(phrase, text, count):
    assert occurrences(text, (phrase,)) == {phrase: count}


def test_each_phrase_is_told_absent_ones_too():
    assert occurrences("one two two", ("two", "three")) == {"two": 2, "three": 0}
