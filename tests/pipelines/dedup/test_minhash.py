import re
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedup import minhash
from pipelines.dedup.minhash import BANDS_VERSION, band_hashes

PANGRAM = "The quick brown fox jumps over the lazy dog, and the dog sleeps on."


def same(one, other):
    """Returns whether two texts have the same signature."""
    first, second = band_hashes([one, other])
    return np.array_equal(first, second)


def pair_of_words(random, *, words, shared):
    """Returns two texts of distinct words that begin with `shared` common words, so with shared - 4 common runs."""
    drawn = [f"w{random.getrandbits(60)}" for _ in range(2 * words - shared)]
    return " ".join(drawn[:words]), " ".join(drawn[:shared] + drawn[words:])


@pytest.mark.parametrize("shared", [54, 70, 80, 86, 92, 98])
@pytest.mark.parametrize(("bands", "rows"), [(14, 8), (20, 5)])
def test_the_share_of_pairs_with_a_common_band_follows_the_s_curve(shared, bands, rows):
    random = Random(shared)
    pairs = [pair_of_words(random, words=104, shared=shared) for _ in range(600)]
    ones, others = (band_hashes([pair[side] for pair in pairs], bands=bands, rows=rows) for side in (0, 1))
    share = np.any(ones == others, axis=1).mean()
    similarity = (shared - 4) / (2 * 104 - shared - 4)
    expected = 1 - (1 - similarity**rows) ** bands
    assert share == pytest.approx(expected, abs=4 * (expected * (1 - expected) / 600) ** 0.5 + 0.01)


def test_hashes_are_the_same_in_every_process_and_release():
    assert BANDS_VERSION == 2
    assert band_hashes([PANGRAM, "short", ""], bands=2, rows=3).tolist() == [
        [14271349789460404224, 8672795844573528129],
        [16037023938728783587, 5984377157791406852],
        [2190515962626785599, 3421348532784888216],
    ]


def test_only_letters_digits_and_their_order_count():
    assert same(PANGRAM, "the QUICK, brown fox;\njumps over: the lazy dog and - the dog sleeps on")
    assert same("Straße über alles im Land", "STRASSE ÜBER ALLES IM LAND!")
    assert not same("one two three four five", "five four three two one")
    assert not same("a1 b2 c3 d4 e5", "a 1 b 2 c 3 d 4 e 5")


def test_how_often_a_run_of_words_occurs_does_not_count():
    assert same("a b c d e a b c d e a", "a b c d e a b c d e a b c d e a")


def test_a_text_of_fewer_than_five_words_counts_as_one_run():
    assert same("Hello, world", "hello world!")
    assert not same("hello world", "hello world again")
    assert not np.any(np.equal(*band_hashes(["hello world", "hello there"])))


def test_texts_without_words_share_a_signature_only_if_equal():
    assert same("!!!", "!!!")
    assert not np.any(np.equal(*band_hashes(["!!!", "???"])))


def test_the_bands_of_a_text_have_different_hashes():
    assert len(set(band_hashes(["one"])[0].tolist())) == 14


def test_no_texts_give_no_rows():
    assert band_hashes([], bands=3, rows=2).shape == (0, 3)


def test_word_characters_are_those_that_regular_expressions_match():
    characters = "".join(map(chr, range(0x110000)))
    assert "".join(re.findall(r"\w", characters)) == "".join(np.array(list(characters))[minhash._word_characters()])


@given(st.lists(st.text(st.sampled_from("ab cdßÉ.\n\ud800_ "), max_size=40), max_size=6), st.integers(1, 50))
def test_a_texts_signature_does_not_depend_on_the_other_texts_of_its_batch(texts, batch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(minhash, "_BATCH_CHARACTERS", batch)
        together = band_hashes(texts, bands=3, rows=2)
    assert together.tolist() == [band_hashes([text], bands=3, rows=2)[0].tolist() for text in texts]


@given(st.lists(st.text(st.sampled_from("ab c.ß"), max_size=20), min_size=2, max_size=2))
def test_texts_have_the_same_signature_if_and_only_if_they_have_the_same_runs(texts):
    one, other = (re.findall(r"\w+", text.casefold()) for text in texts)
    if one or other:
        runs = [{tuple(words[at : at + 5]) for at in range(max(1, len(words) - 4))} for words in (one, other)]
        assert same(*texts) == (runs[0] == runs[1])
