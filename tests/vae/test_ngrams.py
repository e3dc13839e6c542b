import math
from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.ngrams import EDGE, SENTENCE_END, NGrams, bare, hashes, tokens

NGRAMS = NGrams.of(["The cat cleans <num> lamps.", "Then, the dog sleeps!"])
UNSEEN = "zebra"

words = st.lists(st.sampled_from("a b c d A. b, c!".split()), max_size=12)
texts = st.lists(words.map(" ".join), max_size=8)
any_words = st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1), min_size=1, max_size=6)


class SlowKneserNey:
    """Chen & Goodman 1999, equations 10, 13 and 14 with one discount, by dicts; its texts stand between two edges.

    What is not theirs: a word that was never seen has the share of one more seen word in the uniform distribution,
    and trigrams seen once leave all their mass to the bigrams.
    """

    def __init__(self, corpus):
        row = [EDGE, *(bare(word) for text in corpus for word in tokens(text)), EDGE]
        self.words = set(row)
        self.triples = Counter(zip(row, row[1:], row[2:], strict=False))
        before = defaultdict(set)
        for first, second, third in self.triples:
            before[second, third].add(first)
        self.pairs = {pair: max(1, len(before[pair])) for pair in pairwise(row)}

    def p1(self, word):
        starts = Counter(second for _, second in self.pairs)
        total = sum(starts.values())
        spread = 0.75 * len(starts) / total / (len(self.words) + 1)
        return max(starts[word] - 0.75, 0) / total + spread

    def p2(self, first, word):
        followers = {second: count for (start, second), count in self.pairs.items() if start == first}
        if not followers:
            return self.p1(word)
        total = sum(followers.values())
        own = max(followers.get(word, 0) - 0.75, 0) / total
        return own + 0.75 * len(followers) / total * self.p1(word)

    def p3(self, first, second, word):
        followers = {third: count for (*start, third), count in self.triples.items() if start == [first, second]}
        if not followers:
            return self.p2(second, word)
        total = sum(followers.values())
        discounted = {third: (n - 0.75) / total for third, n in followers.items() if n >= 2}
        return discounted.get(word, 0) + (1 - sum(discounted.values())) * self.p2(second, word)


@given(texts, words)
def test_probabilities_are_those_of_interpolated_kneser_ney(corpus, asked):
    ngrams, slow = NGrams.of(corpus), SlowKneserNey(corpus)
    row = [bare(word) for word in tokens(" ".join([*asked, UNSEEN, *asked]))]
    expected = [slow.p2(*row[:2])] + [slow.p3(*triple) for triple in zip(row, row[1:], row[2:], strict=False)]
    assert np.exp(ngrams.log_p(hashes(row))) == pytest.approx(expected, rel=1e-5)
    assert np.exp(ngrams.word_log_p(row)) == pytest.approx([slow.p1(word) for word in row], rel=1e-5)


@given(texts, st.lists(st.sampled_from(["a", "b", "c", "d", EDGE, UNSEEN]), max_size=2))
def test_probabilities_of_all_words_and_the_unseen_one_sum_to_1_after_anything(corpus, history):
    ngrams = NGrams.of(corpus)
    vocabulary = [*sorted(SlowKneserNey(corpus).words), UNSEEN]
    if history:
        log_p = [ngrams.log_p(hashes([*history, word]))[-1] for word in vocabulary]
    else:
        log_p = ngrams.word_log_p(vocabulary)
    assert sum(np.exp(log_p)) == pytest.approx(1, abs=1e-5)


def test_a_word_is_the_likelier_the_oftener_it_was_seen_behind_two_others():
    ngrams = NGrams.of(["the cat sleeps", "the cat cleans", "the cat paints", "the dog paints"])
    cat, dog, paints, lamp = (ngrams.log_p(hashes([EDGE, "the", word]))[1] for word in "cat dog paints lamp".split())
    assert cat > dog > paints > lamp


def test_the_log_p_of_a_row_of_one_token_is_empty():
    assert NGRAMS.log_p(hashes([EDGE])).shape == (0,)


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
    assert ngrams.word_log_p(["cat"]).tolist() == [ngrams.unseen]
    assert ngrams.word_log_p([]).tolist() == []
    assert ngrams.known_pairs(["the cat sleeps"]) == 0
    assert math.isfinite(ngrams.mean_log_p("The cat sleeps. Then"))
    assert NGrams.from_bytes(ngrams.to_bytes()).to_bytes() == ngrams.to_bytes()


@pytest.mark.parametrize("word", ["cat", "Cat", "cat,", '"CAT"', "lamps", "lamps.", "<num>", "“sleeps”"])
def test_a_word_is_known_without_case_and_outer_punctuation(word):
    assert NGRAMS.word_log_p([word]) > NGRAMS.unseen


@pytest.mark.parametrize("word", ["bird", "cats", "<url>", "num"])
def test_a_word_that_was_never_seen_has_the_log_p_of_all_such(word):
    assert NGRAMS.word_log_p([word]).tolist() == [NGRAMS.unseen]


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
    assert (ngrams.word_log_p(text) > ngrams.unseen).all()
    assert ngrams.known_pairs([" ".join(text)]) == 1


@given(st.lists(any_words, max_size=3))
def test_every_sentence_stands_between_two_edges(found):
    for text in map(" ".join, found):
        row = list(tokens(text))
        assert [word for word in row if word != EDGE] == text.split()
        assert row[0] == row[-1] == EDGE
        for place, (first, second) in enumerate(pairwise(row)):
            assert (second == EDGE) == (place == len(row) - 2 or bool(SENTENCE_END.search(first)))


def test_words_of_two_sentences_do_not_stand_side_by_side():
    ngrams = NGrams.of(["The cat sleeps. Dogs bark!"])
    assert ngrams.known_pairs(["Dogs bark! The cat"]) == pytest.approx(5 / 6)
    assert ngrams.known_pairs(["sleeps dogs"]) == pytest.approx(0)
    assert list(tokens("sleeps. Dogs")) == [EDGE, "sleeps.", EDGE, "Dogs", EDGE]


def test_pure_punctuation_is_a_word():
    assert bare("–") == "–"
    assert bare("(Cat)") == "cat"
