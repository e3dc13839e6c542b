from random import Random

import pytest

from tokenizer.protect import PLACEHOLDERS, protect
from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from tokenizer.training import SMALLEST_VOCABULARY, train_tokenizer


@pytest.fixture(scope="module")
def masked(sentences):
    return [protect(each).masked for each in sentences]


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_gives_the_same_bytes(masked, tokenizer, seed):
    shuffled = Random(seed).sample(masked, len(masked))
    assert train_tokenizer(iter(shuffled), vocab_size=600).model == tokenizer.model


def test_a_second_run_gives_the_same_bytes(masked, tokenizer):
    assert train_tokenizer(masked, vocab_size=600).model == tokenizer.model


def test_repeated_sentences_count_once(masked, tokenizer):
    assert train_tokenizer([*masked, *masked[:50]], vocab_size=600).model == tokenizer.model


def test_other_sentences_give_another_model(masked, tokenizer):
    assert train_tokenizer(["Whales sang in the harbour.", *masked], vocab_size=600).model != tokenizer.model


def test_special_pieces_come_first(tokenizer):
    pieces = [line.split("\t")[0] for line in tokenizer.vocabulary().splitlines()]
    assert (PAD, UNK, BOS, EOS) == (0, 1, 2, 3)
    assert pieces[:4] == ["<pad>", "<unk>", "<s>", "</s>"]
    assert pieces[4:7] == list(PLACEHOLDERS)


def test_a_vocabulary_larger_than_the_sentences_fill_comes_out_smaller(masked, tokenizer):
    large = train_tokenizer(masked, vocab_size=20_000)
    assert large.vocab_size == tokenizer.vocab_size < 600


def test_a_vocabulary_too_small_for_the_bytes_is_refused(masked):
    with pytest.raises(ValueError, match=f"{SMALLEST_VOCABULARY - 1} is too small: at least {SMALLEST_VOCABULARY}"):
        train_tokenizer(masked, vocab_size=SMALLEST_VOCABULARY - 1)


def test_no_sentence_is_refused():
    with pytest.raises(ValueError, match="no sentence"):
        train_tokenizer([], vocab_size=SMALLEST_VOCABULARY)
