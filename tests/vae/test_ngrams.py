import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.ngrams import NGrams
from vae.word_hashes import EDGE, hashes, tokens

NGRAMS = NGrams.of(["The cat cleans <num> lamps.", "Then, the dog sleeps!"])
UNSEEN = "zebra"

words = st.lists(st.sampled_from("a b c d A. b, c!".split()), max_size=12)
texts = st.lists(words.map(" ".join), max_size=8)
any_words = st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1), min_size=1, max_size=6)


@given(texts, words)
def test_the_mean_is_over_words_and_sentence_ends(corpus, asked):
    ngrams, text = NGrams.of(corpus), " ".join(asked)
    assert ngrams.mean_log_p(text) == pytest.approx(ngrams.log_p(hashes(tokens(text))).mean() if asked else 0.0)


@given(texts, texts)
def test_what_it_was_measured_on_is_the_mean_over_all_words_and_sentence_ends(corpus, held_out):
    ngrams = NGrams.of(corpus)
    found = [nats for text in held_out for nats in ngrams.log_p(hashes(tokens(text))).tolist()]
    measured = ngrams.measured_on(held_out)
    assert measured.held_out == pytest.approx(np.mean(found) if found else 0.0, rel=1e-5)
    assert measured.word_log_p(["a"]) == ngrams.word_log_p(["a"])
    assert NGrams.from_bytes(measured.to_bytes()).held_out == pytest.approx(measured.held_out)
    assert ngrams.held_out == 0.0


@given(texts, words)
def test_bytes_give_the_model_back(corpus, asked):
    ngrams = NGrams.of(corpus)
    again = NGrams.from_bytes(ngrams.to_bytes())
    assert again.to_bytes() == ngrams.to_bytes()
    row = hashes([*asked, UNSEEN, *asked])
    assert np.array_equal(again.log_p(row), ngrams.log_p(row))
    assert again.known_pairs([" ".join(asked)]) == ngrams.known_pairs([" ".join(asked)])


@given(texts.flatmap(lambda corpus: st.tuples(st.just(corpus), st.permutations(corpus))))
def test_the_order_of_the_texts_makes_no_difference(orders):
    first, second = orders
    assert NGrams.of(first).to_bytes() == NGrams.of(second).to_bytes()


@pytest.mark.parametrize("corpus", [[], [""], ["", ""]])
def test_the_model_of_nothing_knows_no_word(corpus):
    ngrams = NGrams.of(corpus)
    assert ngrams.knows(["cat"]).tolist() == [False]
    assert ngrams.knows([]).tolist() == []
    assert ngrams.word_log_p([]).tolist() == []
    assert ngrams.known_pairs(["the cat sleeps"]) == 0
    assert math.isfinite(ngrams.mean_log_p("The cat sleeps. Then"))
    assert NGrams.from_bytes(ngrams.to_bytes()).to_bytes() == ngrams.to_bytes()


@pytest.mark.parametrize("word", ["cat", "Cat", "cat,", '"CAT"', "lamps", "lamps.", "<num>", "“sleeps”"])
def test_a_word_is_known_without_case_and_outer_punctuation(word):
    assert NGRAMS.knows([word]).tolist() == [True]
    assert NGRAMS.word_log_p([word]) > NGRAMS.word_log_p([UNSEEN])


@pytest.mark.parametrize("word", ["bird", "cats", "<url>", "num"])
def test_a_word_that_was_never_seen_has_the_log_p_of_all_such(word):
    assert NGRAMS.knows([word]).tolist() == [False]
    assert NGRAMS.word_log_p([word]) == NGRAMS.word_log_p([UNSEEN])


@pytest.mark.parametrize(
    ("asked", "share"),
    [
        (["The cat cleans <num> lamps."], 1),
        (["The cat cleans lamps."], 4 / 5),
        (["The cat cleans lamps.", "Then the dog sleeps!"], 9 / 10),
        (["The cat lamps", "the dog"], 5 / 7),
        (["dog cat"], 0),
        (["The cat. Then"], 3 / 5),
        ([""], 0),
        ([], 0),
    ],
)
def test_the_share_of_known_pairs_counts_sentence_edges(asked, share):
    assert NGRAMS.known_pairs(asked) == pytest.approx(share)


@given(any_words)
def test_a_text_knows_its_own_words_and_pairs(text):
    ngrams = NGrams.of([" ".join(text)])
    assert ngrams.knows(text).all()
    assert ngrams.known_pairs([" ".join(text)]) == 1


def test_words_of_two_sentences_do_not_stand_side_by_side():
    ngrams = NGrams.of(["The cat sleeps. Dogs bark!"])
    assert ngrams.known_pairs(["Dogs bark! The cat"]) == pytest.approx(5 / 6)
    assert ngrams.known_pairs(["sleeps dogs"]) == pytest.approx(0)
    assert list(tokens("sleeps. Dogs")) == [EDGE, "sleeps.", EDGE, "Dogs", EDGE]


@given(texts, texts, texts, words)
def test_of_two_corpora_p_is_the_weighted_mean(first, second, held_out, asked):
    one, other = NGrams.of(first), NGrams.of(second)
    both = one.with_corpus(second, held_out=held_out)
    row = hashes([*asked, UNSEEN, *asked])
    share, rest = both.weights
    assert share + rest == pytest.approx(1)
    mean = share * np.exp(one.log_p(row)) + rest * np.exp(other.log_p(row))
    assert np.exp(both.log_p(row)) == pytest.approx(mean)
    known = {*" ".join([*first, *second]).casefold().replace(",", "").replace(".", "").replace("!", "").split()}
    for word in ["a", "b", "c", "d", UNSEEN]:
        assert both.knows([word]).tolist() == [word in known]
    again = NGrams.from_bytes(both.to_bytes())
    assert again.to_bytes() == both.to_bytes()
    assert again.log_p(row).tolist() == both.log_p(row).tolist()


@given(texts, texts, texts)
def test_no_other_weights_make_the_held_out_texts_likelier(first, second, held_out):
    both = NGrams.of(first).with_corpus(second, held_out=held_out)
    for share in np.linspace(0.01, 0.99, 15):
        other = NGrams(both.parts, (share, 1 - share)).measured_on(held_out)
        assert other.held_out <= both.held_out + 0.01


def test_the_corpus_that_is_like_the_held_out_texts_gets_the_weight():
    cats, dogs = ["the cat sleeps on the mat"] * 9, ["a dog barks at a lamp"] * 9
    both = NGrams.of(dogs).with_corpus(cats, held_out=["the cat sleeps on the lamp"])
    assert both.weights[1] > 0.8
    assert both.known_pairs(["a dog sleeps on the mat"]) == pytest.approx(6 / 7)


def test_a_third_corpus_joins_two():
    three = NGrams.of(["a b"]).with_corpus(["b c"], held_out=["a b"]).with_corpus(["c d"], held_out=["c d", "a b"])
    assert len(three.weights) == 3
    assert sum(three.weights) == pytest.approx(1)
    assert three.known_pairs(["a b c d"]) == 1
