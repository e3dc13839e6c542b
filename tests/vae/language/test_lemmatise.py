import pytest

from vae.language.lemmatise import lemmatise


@pytest.mark.parametrize(
    ("word", "code", "lemmas"),
    [
        ("casas", "es", {"casa"}),
        ("tuvo", "es", {"tener"}),
        ("Qapla", "tlh", {"qapla"}),
    ],
)
def test_lemmas_are_in_lower_case_and_an_unknown_language_gives_the_word(word, code, lemmas):
    assert lemmatise(word, code) == lemmas


def test_macrolanguages_have_the_table_of_a_language():
    assert lemmatise("huset", "no") == lemmatise("huset", "nb") == {"hus"}
