import pytest

from vae.language.language import language
from vae.variation.editable_words import editable_words
from vae.variation.sampling import KEEPABLE, NAMES, TERMS
from vae.variation.words import Words, bare

ENGLISH, UNKNOWN = language("en"), language("xx")


def free(*texts, of=ENGLISH, keep=KEEPABLE, kept=()):
    """The words that are free, by segment."""
    segments = [Words(tuple(text.split()), (None,) * len(text.split())) for text in texts]
    found = editable_words(segments, of, keep=keep, kept=frozenset(kept))
    return [
        [bare(word) for word, is_free in zip(words.words, flags, strict=True) if is_free]
        for words, flags in zip(segments, found, strict=True)
    ]


def stays(text, word, **more):
    return word not in free(text, **more)[0]


def test_words_of_letters_are_free():
    assert free("we walked along the quiet river, slowly.") == [
        ["we", "walked", "along", "the", "quiet", "river", "slowly"]
    ]


@pytest.mark.parametrize("word", ["2nd", "@ann", "<url>", "e-mail", "tea/coffee", "🎉", "—", "C++", "x_y"])
def test_what_holds_digits_signs_or_is_no_word_stays(word):
    assert free(f"we saw {word} here") == [["we", "saw", "here"]]


@pytest.mark.parametrize(
    "text",
    ['she said "it rains here" today', "she said “it rains here” today", "she said „it rains here” today"],
)
def test_what_is_quoted_stays(text):
    assert free(text) == [["she", "said", "today"]]


def test_a_quotation_may_go_on_in_the_next_segment():
    assert free("she said “it rains.", "but it stops soon” and left") == [["she", "said"], ["and", "left"]]


def test_a_mark_that_never_closes_is_an_inch():
    assert free('a plank of wood 5" long was cut') == [["a", "plank", "of", "wood", "long", "was", "cut"]]


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
def test_names_stay_and_what_joins_them(text, names):
    assert {bare(word) for word in text.split()} - set(free(text)[0]) == names


def test_where_no_word_of_the_language_is_known_a_capital_at_the_start_is_no_name():
    assert not stays("Grumpf liest hier", "grumpf", of=UNKNOWN)
    assert stays("hier liest Grumpf", "grumpf", of=UNKNOWN)


def test_what_a_text_is_about_stays():
    text = ["the kettle sings while the tea waits", "a kettle boils, and one more kettle does"]
    assert "kettle" not in free(*text)[0] + free(*text)[1]
    assert "the" in free(*text)[0]
    assert "kettle" in free(*text, keep={NAMES})[0]
    assert "kettle" in free(*text[:1])[0]


def test_names_may_be_given_free():
    assert not stays("we met Ann there", "ann", keep={TERMS})


def test_kept_words_stay_in_any_case():
    assert free("Tea or coffee, tea", kept=["tea"]) == [["or", "coffee"]]
