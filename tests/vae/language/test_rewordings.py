import pytest

from vae.language.language import language
from vae.language.rewordings import Reworded, read_rewordings

ENGLISH = language("en").rewordings


def test_rewordings_are_read_by_the_phrase_replaced_with_the_highest_rate_first():
    lines = ["old\tnew\tpairs\tsources\tunchanged", "a b\tc\t1\t3\t3", "a b\td\t3\t3\t3", "e\tf\t2\t5\t0"]
    assert read_rewordings(lines) == {
        "a b": (Reworded("d", 3, 3, 3), Reworded("c", 1, 3, 3)),
        "e": (Reworded("f", 2, 5, 0),),
    }
    assert Reworded("c", 1, 3, 3).rate == 0.25


@pytest.mark.parametrize(
    "pair",
    [
        ("don't", "do not"),
        ("do not", "don't"),
        ("in order to", "to"),
        ("which", "that"),
        ("within", "in"),
        ("utilize", "use"),
        ("a number of", "several"),
        ("as well as", "and"),
    ],
)
def test_common_rewordings_are_in_the_table(pair):
    assert pair[1] in [each.new for each in ENGLISH[pair[0]]]


def test_no_rewording_changes_a_fact_or_has_more_than_five_words():
    kinds = language("en").kinds
    facts = {"negation", "number", "time", "unit", "pronoun"}
    for old, of_old in ENGLISH.items():
        for each in of_old:
            if "'" not in old + each.new and "cannot" not in (old, each.new):
                assert {w for w in old.split() if kinds.get(w) in facts} == {
                    w for w in each.new.split() if kinds.get(w) in facts
                }
            assert 1 <= len(each.new.split()) <= 5
            assert 0 < each.rate <= 1


def test_other_languages_have_no_rewordings():
    assert language("es").rewordings == {}
