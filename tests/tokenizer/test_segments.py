import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.segments import cut

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


def texts_of(segments):
    return [segment.text for segment in segments]


@given(text=texts)
def test_segments_fit_and_joined_are_the_text(text, tokenizer):
    segments = cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0]
    assert " ".join(texts_of(segments)) == text
    assert all(len(segment.ids) <= MAX_LEN - 1 for segment in segments)


@given(text=texts)
def test_ids_are_those_of_the_masked_segment_unless_it_is_one_word_too_long(text, tokenizer):
    for segment in cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0]:
        ids = tuple(tokenizer.encode([segment.protected.masked])[0])
        if segment.ids:
            assert segment.ids == ids
        else:
            assert len(ids) >= MAX_LEN
            assert len(segment.protected.masked.split()) == 1


@given(rows=st.lists(texts, max_size=4))
def test_texts_are_cut_each_by_itself(rows, tokenizer):
    alone = [cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0] for text in rows]
    assert cut(rows, tokenizer=tokenizer, max_len=MAX_LEN) == alone


def test_sentences_are_packed_while_they_fit(tokenizer):
    text = "Cats painted. Dogs cleaned. Birds counted."
    assert texts_of(cut([text], tokenizer=tokenizer, max_len=64)[0]) == [text]
    segments = cut([text], tokenizer=tokenizer, max_len=10)[0]
    assert texts_of(segments) == ["Cats painted. Dogs cleaned.", "Birds counted."]


def test_a_sentence_too_long_is_cut_between_words(tokenizer):
    text = "Then the quiet cat cleaned the small bright window and then the warm dog painted the soft kettle."
    segments = cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0]
    assert len(segments) > 1
    assert " ".join(texts_of(segments)) == text


def test_a_word_too_long_is_kept_without_ids_between_the_others(tokenizer):
    word = "supercalifragilistic" * 4
    segments = cut([f"The cat {word} cleaned."], tokenizer=tokenizer, max_len=MAX_LEN)[0]
    assert texts_of(segments) == ["The cat", word, "cleaned."]
    assert [bool(segment.ids) for segment in segments] == [True, False, True]


@pytest.mark.parametrize("code", ["`a b c d e f g`", "`One. Two three. Four`", "`` a ` b. C ``"])
def test_inline_code_with_spaces_is_not_torn(code, tokenizer):
    text = f"The quiet cat cleaned the small window with {code} and then the warm dog painted the soft kettle."
    segments = cut([text], tokenizer=tokenizer, max_len=MAX_LEN)[0]
    assert len(segments) > 1
    assert [code for segment in segments for code in segment.protected.spans] == [code]
    assert " ".join(texts_of(segments)) == text


def test_no_text_no_segment(tokenizer):
    assert cut(["", "Cats."], tokenizer=tokenizer, max_len=MAX_LEN)[0] == []
