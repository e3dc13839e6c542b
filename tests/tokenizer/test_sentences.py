from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.sentences import split_sentences

words = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["One.", "Two!", "three?", "Dr.", "e.g.", "A.", "“Yes.”", "(No.)", "`a. B c`", "5.", "...", "Ü"]),
)


@given(st.lists(words).map(" ".join))
def test_joined_sentences_are_the_text(text):
    sentences = split_sentences(text)
    assert " ".join(" ".join(sentences).split()) == " ".join(text.split())
    assert all(sentence == sentence.strip() != "" for sentence in sentences)


@pytest.mark.parametrize(
    "sentences",
    [
        ["One sentence."],
        ["It rained.", "We stayed in."],
        ["Why?", "Because!", "I see…", "Good."],
        ["“We left.”", "They stayed.", "(All of them.)", "Then “Why?”", "Nobody knew."],
        ["It cost 5.", "7 were left.", "Été came.", "[A link](https://example.org) ended it.", "`Code` began this."],
        ["He waited...", "Nothing came."],
        ["We sold nails, screws, etc...", "Nobody came."],
    ],
)
def test_a_sentence_ends_at_its_mark_before_a_capital_or_a_digit(sentences):
    assert split_sentences(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "text",
    [
        "We met Dr. Jones and Mrs. Hill of Nails Inc. Tuesday.",
        "J. R. Smith wrote it.",
        "Nails (e.g. Brads) and screws vs. Bolts.",
        "The U.S. Navy, see fig. 3 and vol. 2, pp. 5 of it.",
        "Come on Jan. 5 or Sept. 6.",
        "The file setup.py and version 3.5 stay whole.",
        "He said yes! and left... slowly.",
    ],
)
def test_no_sentence_ends_at_an_abbreviation_at_an_initial_or_before_a_small_letter(text):
    assert split_sentences(text) == [text]


@pytest.mark.parametrize("word", ["Mistresses", "Xdr", "McAl"])
def test_a_word_that_ends_like_an_abbreviation_ends_a_sentence(word):
    assert split_sentences(f"We saw {word}. Then we left.") == [f"We saw {word}.", "Then we left."]


def test_no_sentence_ends_in_inline_code_or_in_a_link_title():
    text = 'Use `a. B` here. See [it](/c "One. Two") there. Done.'
    assert split_sentences(text) == ["Use `a. B` here.", 'See [it](/c "One. Two") there.', "Done."]


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_text_has_no_sentences(text):
    assert split_sentences(text) == []


@pytest.mark.parametrize("part", [".", "a", "A. ", "a. A", "`", "!?"])
def test_a_text_of_any_length_is_split_in_linear_time(part):
    started = process_time()
    assert split_sentences(part * 200_000)
    assert process_time() - started < 10
