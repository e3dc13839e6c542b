import pytest

from vae.language.language import language
from vae.variation.editable_words import editable_words
from vae.variation.sampling import KEEPABLE, NAMES, TERMS
from vae.variation.words import Words, bare

ENGLISH, UNKNOWN = language("en"), language("xx")


def editable(*texts, of=ENGLISH, keep=KEEPABLE, kept=()):
    """The editable words of each segment."""
    segments = [Words(tuple(text.split()), (None,) * len(text.split())) for text in texts]
    found = editable_words(segments, of, keep=keep, kept=frozenset(kept))
    return [
        [bare(word) for word, is_editable in zip(words.words, flags, strict=True) if is_editable]
        for words, flags in zip(segments, found, strict=True)
    ]


def stays(text, word, **more):
    return word not in editable(text, **more)[0]


def test_words_of_letters_are_editable():
    assert editable("we walked along the quiet river, slowly.") == [
        ["we", "walked", "along", "the", "quiet", "river", "slowly"]
    ]


@pytest.mark.parametrize("word", ["2nd", "@ann", "<url>", "e-mail", "tea/coffee", "🎉", "—", "C++", "x_y"])
def test_words_with_digits_or_signs_stay(word):
    assert editable(f"we saw {word} here") == [["we", "saw", "here"]]


@pytest.mark.parametrize(
    "text",
    ['she said "it rains here" today', "she said “it rains here” today", "she said „it rains here” today"],
)
def test_quoted_words_stay(text):
    assert editable(text) == [["she", "said", "today"]]


def test_a_quotation_may_continue_in_the_next_segment():
    assert editable("she said “it rains.", "but it stops soon” and left") == [["she", "said"], ["and", "left"]]


def test_a_mark_that_is_never_closed_begins_no_quotation():
    assert editable('a plank of wood 5" long was cut') == [["a", "plank", "of", "wood", "long", "was", "cut"]]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("we met Ann Lee in Bremen today", {"ann", "lee", "in", "bremen"}),
        ("the Bank of England said no", {"bank", "of", "england"}),
        ("we read it. Bremen lies there", {"bremen"}),
        ("Rivers run here", set()),
        ("we use NASA maps", {"nasa"}),
        ("an iPhone rang", {"iphone"}),
    ],
)
def test_names_and_the_function_words_inside_them_stay(text, names):
    assert {bare(word) for word in text.split()} - set(editable(text)[0]) == names


def test_without_a_lexicon_the_first_word_of_a_sentence_is_no_name():
    assert not stays("Grumpf liest hier", "grumpf", of=UNKNOWN)
    assert stays("hier liest Grumpf", "grumpf", of=UNKNOWN)


def test_words_that_a_text_repeats_often_stay():
    text = ["the kettle sings while the tea waits", "a kettle boils, and one more kettle does"]
    assert "kettle" not in editable(*text)[0] + editable(*text)[1]
    assert "the" in editable(*text)[0]
    assert "kettle" in editable(*text, keep={NAMES})[0]
    assert "kettle" in editable(*text[:1])[0]


def test_names_are_editable_if_they_are_not_kept():
    assert not stays("we met Ann there", "ann", keep={TERMS})


def test_kept_words_stay_in_any_case():
    assert editable("Tea or coffee, tea", kept=["tea"]) == [["or", "coffee"]]
