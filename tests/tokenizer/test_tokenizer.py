import io
import pickle
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sentencepiece import SentencePieceTrainer

from tokenizer.tokenizer import BOS, EOS, PAD, UNK, WORD_START, Tokenizer


# U+2581 is SentencePiece's own sign for a space.
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\u2581")))
@example(text="日本語 und Ünïcode 🐈 \x00 <num> [a]<url>")
def test_any_text_is_encoded_without_unknown_pieces_and_decoded_exactly(text, tokenizer):
    folded = " ".join(text.split())
    ids = tokenizer.encode([folded])
    assert UNK not in ids[0]
    assert tokenizer.decode(ids) == [folded]


def test_a_text_is_encoded_alone_as_with_others(tokenizer, sentences):
    assert tokenizer.encode(sentences[:20]) == [tokenizer.encode([sentence])[0] for sentence in sentences[:20]]


def test_no_texts_give_no_rows_and_no_rows_no_texts(tokenizer):
    assert tokenizer.encode([]) == []
    assert tokenizer.decode([]) == []


def test_no_special_piece_is_added(tokenizer):
    assert not {PAD, UNK, BOS, EOS} & set(tokenizer.encode(["The cat painted."])[0])


@pytest.mark.parametrize("placeholder", ["<num>", "<url>", "<code>"])
def test_a_placeholder_is_one_piece(placeholder, tokenizer):
    with_it, without = tokenizer.encode([f"cat{placeholder}.", "cat."])
    assert len(with_it) == len(without) + 1


def test_special_ids_decode_to_nothing_and_unk_to_its_sign(tokenizer):
    ids = tokenizer.encode(["The cat."])[0]
    assert tokenizer.decode([[BOS, *ids, EOS, PAD, PAD]]) == ["The cat."]
    assert "\u2047" in tokenizer.decode([[*ids, UNK]])[0]


def test_a_pickled_tokenizer_is_the_same(tokenizer, sentences):
    copy = pickle.loads(pickle.dumps(tokenizer))
    assert (copy.model, copy.sha256, copy.vocab_size) == (tokenizer.model, tokenizer.sha256, tokenizer.vocab_size)
    assert copy.encode(sentences) == tokenizer.encode(sentences)


def test_the_hash_is_that_of_the_file(tokenizer, tmp_path):
    path = tmp_path / "spm.model"
    path.write_bytes(tokenizer.model)
    assert Tokenizer.load(path).sha256 == sha256(path.read_bytes()).hexdigest() == tokenizer.sha256


def test_the_vocabulary_has_a_line_for_each_piece(tokenizer):
    lines = tokenizer.vocabulary().splitlines()
    assert len(lines) == tokenizer.vocab_size
    assert [line.split("\t")[0] for line in lines[:7]] == ["<pad>", "<unk>", "<s>", "</s>", "<url>", "<code>", "<num>"]


def test_pieces_are_those_of_the_vocabulary_in_order(tokenizer):
    assert tokenizer.pieces == [line.split("\t")[0] for line in tokenizer.vocabulary().split("\n")[:-1]]
    (ids,) = tokenizer.encode(["The cat painted <num> lamps."])
    assert "".join(tokenizer.pieces[piece] for piece in ids) == "▁The▁cat▁painted▁<num>▁lamps."


def test_a_piece_that_begins_with_a_space_and_has_more_begins_a_word(tokenizer):
    beginning = {piece for piece, begins in zip(tokenizer.pieces, tokenizer.begins_word, strict=True) if begins}
    assert {"▁The", "▁cat", "▁painted"} <= beginning
    assert not beginning & {"▁", "s", "er", ".", "<num>", "<unk>", "<s>", "<0x41>"}
    assert beginning == {piece for piece in tokenizer.pieces if piece[0] == WORD_START} - {WORD_START}


def test_pieces_of_spaces_alone_begin_no_word(sentences):
    """The model of Llama has such pieces."""
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(sentence.replace(" ", "  ") for sentence in sentences),
        model_writer=model,
        vocab_size=200,
        hard_vocab_limit=False,
        minloglevel=2,
        pad_id=PAD,
        unk_id=UNK,
        bos_id=BOS,
        eos_id=EOS,
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        user_defined_symbols=["▁▁"],
    )
    tokenizer = Tokenizer(model.getvalue())
    begins = dict(zip(tokenizer.pieces, tokenizer.begins_word.tolist(), strict=True))
    assert (begins["▁▁"], begins["▁"]) == (False, False)
    assert any(begins.values())


@pytest.mark.parametrize("broken", [b"", b"no model", "cut", "longer"])
def test_a_broken_model_is_a_value_error(broken, tokenizer):
    models = {"cut": tokenizer.model[: len(tokenizer.model) // 2], "longer": tokenizer.model + b"x"}
    with pytest.raises(ValueError, match=r"SentencePiece model|special ids"):
        Tokenizer(models.get(broken, broken))


def test_a_model_with_other_special_ids_is_a_value_error():
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(["the cats painted", "the cat paints"]),
        model_writer=model,
        vocab_size=20,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    with pytest.raises(ValueError, match=r"special ids .* are \(-1, 0, 1, 2\), expected \(0, 1, 2, 3\)"):
        Tokenizer(model.getvalue())


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match=r"none\.model"):
        Tokenizer.load(tmp_path / "none.model")
