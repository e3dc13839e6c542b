from vae.language.contractions import contractions
from vae.language.rewordings import Reworded

YOU_ARE = Reworded("you are", 4, 3, 1)
YOU_WOULD = Reworded("you would", 2, 2, 5)
WORDS = frozenset({"you", "they", "you're", "they're", "you'd", "they'd", "o'clock"})


def test_a_contraction_follows_by_analogy_in_both_directions_with_the_same_counts():
    assert contractions({"you're": (YOU_ARE,)}, WORDS) == {
        "they're": (YOU_ARE._replace(new="they are"),),
        "they are": (YOU_ARE._replace(new="they're"),),
        "you are": (YOU_ARE._replace(new="you're"),),
    }


def test_an_ending_of_several_meanings_is_never_spelt_out():
    derived = contractions({"you'd": (YOU_WOULD,)}, WORDS)
    assert derived["they would"] == (YOU_WOULD._replace(new="they'd"),)
    assert "they'd" not in derived


def test_rewordings_of_the_table_are_left_to_it():
    table = {"you're": (YOU_ARE,), "they're": (Reworded("they are", 1, 1, 1),)}
    assert set(contractions(table, WORDS)) == {"they are", "you are"}


def test_a_stem_that_is_no_function_word_has_no_contraction():
    assert contractions({"you're": (YOU_ARE,)}, WORDS - {"they"}).keys() == {"you are"}
