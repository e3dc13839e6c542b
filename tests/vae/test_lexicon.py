from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.lexicon import EDGE, SENTENCE_END, Lexicon, bare

LEXICON = Lexicon.of(["The cat cleans <num> lamps.", "Then, the dog sleeps!"])
words = st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1), min_size=1, max_size=6)


@pytest.mark.parametrize("word", ["cat", "Cat", "cat,", '"CAT"', "lamps", "lamps.", "<num>", "“sleeps”"])
def test_a_word_is_known_without_case_and_outer_punctuation(word):
    assert LEXICON.knows_words([word])


def test_one_unknown_word_is_enough():
    assert not LEXICON.knows_words(["the", "bird"])
    assert not LEXICON.knows_words(["cats"])
    assert LEXICON.knows_words([])


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        ("the", "cat", True),
        ("The", "dog,", True),
        ("cat", "the", False),
        ("cat", "dog", False),
        ("cleans", "<num>", True),
        (EDGE, "then", True),
        (EDGE, "cat", False),
        ("lamps", EDGE, True),
        ("cat", EDGE, False),
        ("lamps.", "Then", False),
    ],
)
def test_pairs_are_ordered_neighbours_within_one_text(first, second, known):
    assert LEXICON.knows_pair(first, second) is known


@pytest.mark.parametrize(
    ("texts", "share"),
    [
        (["The cat cleans <num> lamps."], 1),
        (["The cat cleans lamps."], 4 / 5),
        (["The cat cleans lamps.", "Then the dog sleeps!"], 9 / 10),
        (["dog cat"], 0),
        (["The cat. Then"], 3 / 5),
        ([""], 0),
        ([], 0),
    ],
)
def test_the_share_of_known_pairs_counts_sentence_edges(texts, share):
    assert LEXICON.known_pairs(texts) == pytest.approx(share)


@given(words, words)
def test_the_share_is_that_of_single_questions(seen, asked):
    lexicon = Lexicon.of([" ".join(seen)])
    row = [EDGE]
    for word in asked:
        row += [word, EDGE] if SENTENCE_END.search(word) else [word]
    known = [lexicon.knows_pair(*pair) for pair in pairwise([*row, EDGE]) if pair != (EDGE, EDGE)]
    assert lexicon.known_pairs([" ".join(asked)]) == pytest.approx(sum(known) / len(known))


def test_bytes_give_the_lexicon_back_and_follow_from_the_texts_alone():
    texts = ["The cat cleans.", "Then the dog sleeps."]
    data = Lexicon.of(texts).to_bytes()
    assert Lexicon.of(reversed(texts)).to_bytes() == data
    assert Lexicon.from_bytes(data).to_bytes() == data
    assert Lexicon.from_bytes(data).knows_pair("the", "dog")


def test_the_lexicon_of_nothing_knows_nothing():
    assert not Lexicon.of([]).knows_words(["cat"])
    assert not Lexicon.of([]).knows_pair("the", "cat")


@given(words)
def test_a_text_knows_its_own_words_and_pairs(text):
    lexicon = Lexicon.of([" ".join(text)])
    assert lexicon.knows_words(text)
    for first, second in zip([EDGE, *text], [*text, EDGE], strict=True):
        if first and second and SENTENCE_END.search(first):
            assert lexicon.knows_pair(first, EDGE)
            assert lexicon.knows_pair(EDGE, second)
        else:
            assert lexicon.knows_pair(first, second)


def test_words_of_two_sentences_do_not_stand_side_by_side():
    lexicon = Lexicon.of(["The cat sleeps. Dogs bark!"])
    assert lexicon.knows_pair("sleeps.", EDGE)
    assert lexicon.knows_pair(EDGE, "Dogs")
    assert not lexicon.knows_pair("sleeps.", "Dogs")


def test_pure_punctuation_is_a_word():
    assert bare("–") == "–"
    assert bare("(Cat)") == "cat"
