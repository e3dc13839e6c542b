import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentencepiece import SentencePieceTrainer

from tokenizer.protect import protect
from tokenizer.segments import SegmentCounts, cut, cut_ids, truncate_ids
from tokenizer.tokenizer import UNK, Tokenizer
from tokenizer.training import train_tokenizer

MAX_LEN = 16

# U+2581 is SentencePiece's own sign for a space.
words = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\u2581"), min_size=1, max_size=8),
    st.sampled_from(
        [
            *"The train. cats Dogs! painted, 42 https://dog.org/7 e.g. <num>".split(),
            "[the cat](/a)",
            "`a b. C`",
            "x" * 80,
            "3" * 80,
        ]
    ),
)
texts = st.lists(words, max_size=40).map(lambda row: " ".join(" ".join(row).split()))


def of(tokenizer):
    return {"tokenizer": tokenizer, "max_len": MAX_LEN}


def without_bytes():
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(["the cat and the dog"]),
        model_writer=model,
        vocab_size=40,
        hard_vocab_limit=False,
        pad_id=0,
        unk_id=1,
        bos_id=2,
        eos_id=3,
        minloglevel=2,
    )
    return model.getvalue()


def texts_of(segments):
    return [segment.text for segment in segments]


@given(text=texts)
def test_segments_fit_into_max_len_and_joined_are_the_text(text, tokenizer):
    segments = cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0]
    assert " ".join(texts_of(segments)) == text
    assert all(len(segment.ids) <= MAX_LEN - 1 for segment in segments)


@given(text=texts)
def test_ids_are_those_of_the_words_unless_one_word_is_too_long(text, tokenizer):
    for segment in cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0]:
        words = segment.protected.masked.split()
        ids = [piece for row in tokenizer.encode(words) for piece in row]
        if segment.ids:
            assert list(segment.ids) == ids
        else:
            assert len(ids) >= MAX_LEN
            assert len(words) == 1


@given(rows=st.lists(texts, max_size=4))
def test_cut_ids_gives_the_ids_of_the_segments(rows, tokenizer):
    segments = [(row, segment) for row, text in enumerate(rows) for segment in cut([text], **of(tokenizer))[0]]
    kept = [(row, segment) for row, segment in segments if segment.ids]
    pieces = cut_ids(rows, **of(tokenizer))
    assert pieces.ids.tolist() == [piece for _, segment in kept for piece in segment.ids]
    assert pieces.lengths.tolist() == [len(segment.ids) for _, segment in kept]
    assert pieces.texts.tolist() == [row for row, _ in kept]
    assert pieces.too_long.tolist() == [row for row, segment in segments if not segment.ids]


SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]


@pytest.mark.parametrize("space", SPACES, ids=ascii)
def test_words_part_at_any_white_space(space, tokenizer):
    pieces = cut_ids([f"{space}The cat{space}sat{space}{space}", space, "The"], **of(tokenizer))
    assert pieces.ids.tolist() == cut_ids(["The cat sat", "", "The"], **of(tokenizer)).ids.tolist()
    assert pieces.texts.tolist() == [0, 2]


def test_texts_with_code_keep_their_place_among_the_others(tokenizer):
    rows = ["The cat sat.", "Call `the cat` again.", "The dog ran.", 'See [it](/a "The cat").', "The end."]
    pieces = cut_ids(rows, **of(tokenizer))
    assert pieces.texts.tolist() == [0, 1, 2, 3, 4]
    assert pieces.ids.tolist() == [piece for row in rows for piece in cut([row], **of(tokenizer))[0][0].ids]


@given(rows=st.lists(texts, max_size=4))
def test_a_truncated_text_has_the_first_pieces_of_its_words(rows, tokenizer):
    whole = [[piece for word in tokenizer.encode(protect(text).masked.split()) for piece in word] for text in rows]
    pieces = truncate_ids(rows, **of(tokenizer))
    assert pieces.ids.tolist() == [piece for row in whole for piece in row[: MAX_LEN - 1]]
    assert pieces.lengths.tolist() == [min(len(row), MAX_LEN - 1) for row in whole if row]
    assert pieces.texts.tolist() == [number for number, row in enumerate(whole) if row]
    assert pieces.counts.lost == sum(max(0, len(row) - MAX_LEN + 1) for row in whole)


def test_words_characters_and_pieces_are_counted(tokenizer):
    # The vocabulary has none of Q, é and 日, so 80 + 2 characters are spelled in bytes.
    text = f"The cat {'Q' * 80} é日 42."
    pieces = [len(row) for row in tokenizer.encode(["The", "cat", "Q" * 80, "é日", "<num>."])]
    assert cut_ids([text], **of(tokenizer)).counts == SegmentCounts(
        words=5, characters=3 + 3 + 80 + 2 + 3, uncovered=82, pieces=sum(pieces), unknown=0, lost=pieces[2]
    )


def test_every_unknown_character_is_counted_as_uncovered(tokenizer):
    # Without byte fallback one unknown piece stands for a run of characters.
    pieces = cut_ids(["cat 日本語 dog"], tokenizer=Tokenizer(without_bytes()), max_len=MAX_LEN)
    assert (pieces.counts.unknown, pieces.counts.uncovered) == (1, 3)
    assert pieces.ids.tolist().count(UNK) == 1


def test_spans_that_are_not_protected_are_cut_like_words(sentences):
    plain = train_tokenizer(sentences, vocab_size=600, protects=())
    text = "The cat `is. So 5` dogs."
    [segment] = cut([text], tokenizer=plain, max_len=64)[0]
    assert (segment.protected.masked, segment.protected.spans) == (text, ())
    assert len(cut([text], tokenizer=plain, max_len=len(segment.ids))[0]) == 2


@given(rows=st.lists(texts, max_size=4))
def test_a_text_is_cut_alone_as_with_others(rows, tokenizer):
    alone = [cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0] for text in rows]
    assert cut(rows, tokenizer=tokenizer, max_len=MAX_LEN) == alone


def test_sentences_are_packed_while_they_fit(tokenizer):
    text = "Cats painted. Dogs cleaned. Birds counted."
    assert texts_of(cut([text], tokenizer=tokenizer, max_len=64)[0]) == [text]
    segments = cut([text], tokenizer=tokenizer, max_len=10)[0]
    assert texts_of(segments) == ["Cats painted. Dogs cleaned.", "Birds counted."]


def test_a_sentence_that_is_too_long_is_cut_between_words(tokenizer):
    text = "Then the quiet cat cleaned the small bright window and then the warm dog painted the soft kettle."
    segments = cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0]
    assert len(segments) > 1
    assert " ".join(texts_of(segments)) == text


def test_a_word_that_is_too_long_is_a_segment_without_ids(tokenizer):
    word = "supercalifragilistic" * 4
    segments = cut([f"The cat {word} cleaned."], tokenizer=tokenizer, max_len=MAX_LEN)[0]
    assert texts_of(segments) == ["The cat", word, "cleaned."]
    assert [bool(segment.ids) for segment in segments] == [True, False, True]


@pytest.mark.parametrize("code", ["`a b c d e f g`", "`One. Two three. Four`", "`` a ` b. C ``"])
def test_inline_code_with_spaces_stays_in_one_segment(code, tokenizer):
    text = f"The quiet cat cleaned the small window with {code} and then the warm dog painted the soft kettle."
    segments = cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0]
    assert len(segments) > 1
    assert [code for segment in segments for code in segment.protected.spans] == [code]
    assert " ".join(texts_of(segments)) == text


def test_an_empty_text_has_no_segments(tokenizer):
    assert cut(["", "Cats."], tokenizer=tokenizer, max_len=MAX_LEN)[0] == []


def test_no_texts_and_empty_texts_have_no_rows(tokenizer):
    for pieces in (cut_ids([], **of(tokenizer)), truncate_ids(["", " "], **of(tokenizer))):
        assert (len(pieces.ids), len(pieces.lengths), len(pieces.texts), len(pieces.too_long)) == (0, 0, 0, 0)
        assert pieces.counts == SegmentCounts(words=0, characters=0, uncovered=0, pieces=0, unknown=0, lost=0)
