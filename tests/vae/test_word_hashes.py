from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vae.word_hashes import EDGE, SENTENCE_END, bare, tokens

any_words = st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1), min_size=1, max_size=6)


@given(st.lists(any_words, max_size=3))
def test_every_sentence_stands_between_two_edges(found):
    for text in map(" ".join, found):
        row = list(tokens(text))
        assert [word for word in row if word != EDGE] == text.split()
        assert row[0] == row[-1] == EDGE
        for place, (first, second) in enumerate(pairwise(row)):
            assert (second == EDGE) == (place == len(row) - 2 or bool(SENTENCE_END.search(first)))


def test_an_end_inside_a_text_is_one_edge():
    assert list(tokens("sleeps. Dogs")) == [EDGE, "sleeps.", EDGE, "Dogs", EDGE]


def test_pure_punctuation_is_a_word():
    assert bare("–") == "–"
    assert bare("(Cat)") == "cat"
