from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tokenizer import word_table
from tokenizer.tokenizer import Tokenizer


def ids(tokenizer, words):
    rows = tokenizer.words.look_up(words)
    return rows.pieces(rows.size).tolist()


def encoded(tokenizer, words):
    return [piece for row in tokenizer.encode(words) for piece in row]


def test_words_of_the_table_and_new_ones_are_looked_up_together(tokenizer):
    fresh = Tokenizer(tokenizer.model)
    for words in (["The", "cat"], ["cat", "Birds", "The"], []):
        assert ids(fresh, words) == encoded(tokenizer, words)


def test_words_are_given_in_an_order_that_is_asked_for(tokenizer):
    rows = tokenizer.words.look_up(["The", "cat"], np.array([1, 0, 1]))
    assert rows.pieces(rows.size).tolist() == encoded(tokenizer, ["cat", "The", "cat"])


def test_rows_that_were_looked_up_stay_when_the_table_grows(tokenizer):
    fresh = Tokenizer(tokenizer.model)
    rows = fresh.words.look_up(["The", "cat"])
    fresh.words.look_up([f"{first}{second}s" for first in "abcdefgh" for second in map(chr, range(97, 1097))])
    assert rows.pieces(rows.size).tolist() == encoded(tokenizer, ["The", "cat"])


def test_a_full_table_is_cleared(tokenizer, monkeypatch):
    monkeypatch.setattr(word_table, "_CHARACTERS", 10)
    fresh = Tokenizer(tokenizer.model)
    for words in (["The", "cat"], ["Birds", "cleaned"], ["The", "dog"], ["cat"]):
        assert ids(fresh, words) == encoded(tokenizer, words)


def test_a_word_that_cannot_be_encoded_leaves_the_table_usable(tokenizer):
    fresh = Tokenizer(tokenizer.model)
    with pytest.raises(TypeError):
        fresh.words.look_up(["The", "\ud800"])
    assert ids(fresh, ["The", "cat"]) == encoded(tokenizer, ["The", "cat"])


def test_threads_share_one_table(tokenizer):
    fresh = Tokenizer(tokenizer.model)
    many = [
        [f"{noun}{number % 97}x{worker}" for number in range(400) for noun in ("cat", "dog")] for worker in range(8)
    ]
    with ThreadPoolExecutor(8) as pool:
        looked_up = list(pool.map(lambda words: ids(fresh, words), many))
    assert looked_up == [encoded(tokenizer, [tokenizer.protect(word).masked for word in words]) for words in many]


def test_the_first_pieces_of_words_are_returned(tokenizer):
    words = ["The", "cats", "Q" * 5]
    kept = np.array([0, 1, 3], np.int32)
    first_pieces = [row[:size] for row, size in zip(tokenizer.encode(words), kept, strict=True)]
    assert tokenizer.words.look_up(words).pieces(kept).tolist() == [piece for row in first_pieces for piece in row]
