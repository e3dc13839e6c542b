import pytest

from vae.language.language import Language, language

pytestmark = pytest.mark.slow

NOTHING = language("tlh")


def test_a_language_without_data_is_empty():
    assert not NOTHING.knows_words
    assert NOTHING.lexicon is None
    assert NOTHING.stop_words == frozenset()
    assert NOTHING.lemmas("Qapla") == {"qapla"}
    assert NOTHING.same_form("a", "b") is None


@pytest.mark.parametrize("code", ["", "und", "..", "../en", "README.md", "en/../en"])
def test_a_code_is_never_taken_for_a_path(code):
    assert not language(code).knows_words
    assert language(code).stop_words == frozenset()


def test_the_region_and_the_case_of_a_code_are_ignored():
    assert language("EN-gb") == Language("en")
    assert language("en").knows_words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "the and don't before"),
        ("es", "el la y no me"),
        ("de", "der und über"),
        ("fr", "le à même d"),
        ("id", "kepada"),
    ],
)
def test_stop_words_are_those_of_the_language(code, words):
    assert set(words.split()) <= language(code).stop_words


def test_comments_are_no_stop_words():
    assert not {"|", "who,", "subject,", "must", "have|"} & language("en").stop_words
    assert "the" not in language("es").stop_words


@pytest.mark.parametrize(
    "pair", ["plant plants", "make making", "take took", "taken took", "child children", "good best"]
)
def test_forms_of_one_word_are_recognised(pair):
    assert language("en").same_word(*pair.split())


@pytest.mark.parametrize("pair", ["plant place", "water watch", "story stock", "state station", "general generation"])
def test_words_that_begin_alike_are_not_forms_of_one(pair):
    assert not language("en").same_word(*pair.split())


@pytest.mark.parametrize(
    ("code", "same", "different"),
    [
        ("es", "tener tuvo", "casa caso"),
        ("de", "gehen gegangen", "Leben Leber"),
        ("fr", "vouloir veulent", "port porte"),
    ],
)
def test_forms_are_recognised_in_languages_without_a_lexicon(code, same, different):
    assert language(code).same_word(*same.split())
    assert not language(code).same_word(*different.split())


def test_a_language_whose_table_has_another_code_has_lemmas():
    assert language("no").same_word("hus", "huset")


@pytest.mark.parametrize(
    "words",
    [
        "one two forty first half dozen hundred thousands twice second quarter",
        "monday mondays january week weeks month year minute today tonight afternoon daily annually",
        "miles kilometres acre dollars foot feet",
        "not never nobody without hardly cannot don't",
        "he it our themselves",
        "the a every this",
        "must was having",
    ],
)
def test_numbers_times_negations_and_pronouns_are_fixed_words(words):
    assert set(words.split()) <= language("en").fixed_words


@pytest.mark.parametrize("word", "house quickly build point sent won that which of tip even spouse large".split())
def test_other_words_are_not_fixed(word):
    assert word not in language("en").fixed_words


def test_a_language_without_a_list_has_no_fixed_words():
    assert NOTHING.fixed_words == frozenset()


def test_inner_words_are_stop_words_that_hardly_end_a_sentence():
    assert set("the a of and your in is".split()) <= language("en").inner_words <= language("en").stop_words
    assert not set("it this them there too up you".split()) & language("en").inner_words
    assert language("es").inner_words == frozenset()
