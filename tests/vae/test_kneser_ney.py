from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.kneser_ney import KneserNey
from vae.word_hashes import EDGE, bare, hashes, tokens

UNSEEN = "zebra"
HALF_PRECISION = 0.02
"""Of p: log p, down to -16, is a half-precision float, and up to three of them are added."""

words = st.lists(st.sampled_from("a b c d A. b, c!".split()), max_size=12)
texts = st.lists(words.map(" ".join), max_size=8)


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
    model, slow = KneserNey.of(corpus), SlowKneserNey(corpus)
    row = [bare(word) for word in tokens(" ".join([*asked, UNSEEN, *asked]))]
    expected = [slow.p2(*row[:2])] + [slow.p3(*triple) for triple in zip(row, row[1:], row[2:], strict=False)]
    assert np.exp(model.log_p(hashes(row))) == pytest.approx(expected, rel=HALF_PRECISION)
    assert np.exp(model.word_log_p(row)) == pytest.approx([slow.p1(word) for word in row], rel=HALF_PRECISION)


@given(texts, st.lists(st.sampled_from(["a", "b", "c", "d", EDGE, UNSEEN]), max_size=2))
def test_probabilities_of_all_words_and_the_unseen_one_sum_to_1_after_anything(corpus, history):
    model = KneserNey.of(corpus)
    vocabulary = [*sorted(SlowKneserNey(corpus).words), UNSEEN]
    if history:
        log_p = [model.log_p(hashes([*history, word]))[-1] for word in vocabulary]
    else:
        log_p = model.word_log_p(vocabulary)
    assert sum(np.exp(log_p)) == pytest.approx(1, abs=HALF_PRECISION)


def test_a_word_is_the_likelier_the_oftener_it_was_seen_behind_two_others():
    model = KneserNey.of(["the cat sleeps", "the cat cleans", "the cat paints", "the dog paints"])
    cat, dog, paints, lamp = (model.log_p(hashes([EDGE, "the", word]))[1] for word in "cat dog paints lamp".split())
    assert cat > dog > paints > lamp


def test_the_log_p_of_a_row_of_one_token_is_empty():
    assert KneserNey.of(["the cat"]).log_p(hashes([EDGE])).shape == (0,)
