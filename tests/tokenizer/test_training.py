from random import Random

import pytest

from tokenizer.protect import PLACEHOLDERS, protect
from tokenizer.protobuf import field, read_fields
from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from tokenizer.training import LONGEST_WORD, MODEL_TYPES, SMALLEST_VOCABULARY, THREADS, train_tokenizer


@pytest.fixture(scope="module")
def masked(sentences):
    return [protect(sentence).masked for sentence in sentences]


@pytest.mark.parametrize("model_type", MODEL_TYPES)
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_gives_the_same_bytes(masked, model_type, seed):
    shuffled = Random(seed).sample(masked, len(masked))
    first, second = (
        train_tokenizer(texts, vocab_size=600, model_type=model_type).model for texts in (masked, iter(shuffled))
    )
    assert first == second


def test_a_second_run_gives_the_same_bytes(masked, tokenizer):
    assert train_tokenizer(masked, vocab_size=600).model == tokenizer.model


def test_the_model_records_the_number_of_threads_that_trained_it(tokenizer):
    spec = b"".join(raw for number, raw in read_fields(tokenizer.model) if number == 2)
    assert field(16, THREADS) in spec


def test_bpe_gives_another_model_that_decodes_exactly_too(masked, tokenizer):
    bpe = train_tokenizer(masked, vocab_size=600, model_type="bpe")
    assert bpe.model != tokenizer.model
    assert bpe.decode(bpe.encode(masked)) == masked
    assert bpe.decode(bpe.encode(["日本 🐈"])) == ["日本 🐈"]


def test_repeated_sentences_count_once(masked, tokenizer):
    assert train_tokenizer([*masked, *masked[:50]], vocab_size=600).model == tokenizer.model


def test_other_sentences_give_another_model(masked, tokenizer):
    assert train_tokenizer(["Whales sang in the harbour.", *masked], vocab_size=600).model != tokenizer.model


def test_special_pieces_come_first(tokenizer):
    pieces = [line.split("\t")[0] for line in tokenizer.vocabulary().splitlines()]
    assert (PAD, UNK, BOS, EOS) == (0, 1, 2, 3)
    assert pieces[:4] == ["<pad>", "<unk>", "<s>", "</s>"]
    assert pieces[4:7] == list(PLACEHOLDERS.values())


def test_a_vocabulary_is_smaller_where_the_sentences_have_fewer_pieces(masked, tokenizer):
    large = train_tokenizer(masked, vocab_size=20_000)
    assert large.vocab_size == tokenizer.vocab_size < 600


def test_a_vocabulary_too_small_for_the_bytes_is_refused(masked):
    with pytest.raises(ValueError, match=f"{SMALLEST_VOCABULARY - 1} is too small: at least {SMALLEST_VOCABULARY}"):
        train_tokenizer(masked, vocab_size=SMALLEST_VOCABULARY - 1)


def test_sentences_without_words_are_refused():
    with pytest.raises(ValueError, match="no word"):
        train_tokenizer(["", "x" * (LONGEST_WORD + 1)], vocab_size=SMALLEST_VOCABULARY)


def test_an_unknown_model_type_is_refused(masked):
    with pytest.raises(ValueError, match="no model type 'char': unigram, bpe"):
        train_tokenizer(masked, vocab_size=600, model_type="char")


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_the_error_of_too_small_a_vocabulary_names_the_smallest_possible(model_type):
    texts = [f"{chr(0x4E00 + number)}{chr(0x4E00 + number * 7 % 700)}" for number in range(700)]
    # 4 special pieces, 3 placeholders, 256 bytes, the sign for a space, and 699 characters: the rarest 0.05 % is one.
    with pytest.raises(ValueError, match="600 has no room for the characters of the texts: at least 963"):
        train_tokenizer(texts, vocab_size=600, model_type=model_type)
    assert train_tokenizer(texts, vocab_size=963, model_type=model_type).vocab_size == 963


@pytest.mark.parametrize("protects", [(), ("number",), ("code", "url"), tuple(PLACEHOLDERS)])
@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_only_protected_kinds_have_a_placeholder(sentences, protects, model_type):
    texts = [protect(sentence, protects).masked for sentence in sentences]
    trained = train_tokenizer(texts, vocab_size=600, model_type=model_type, protects=protects)
    assert trained.protects == frozenset(protects)
    assert ("42" in trained.protect("42 cats").masked) == ("number" not in protects)
