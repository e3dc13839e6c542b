import gzip
import math

import pytest

from vae.language.human_substitutes import (
    NO_SUBSTITUTES,
    JudgedWord,
    count_substitutes,
    human_substitutes,
    human_substitutes_text,
    read_human_substitutes,
)
from vae.language.language import language

PLACES = [
    JudgedWord(frozenset({"begin"}), frozenset({"start", "commence"})),
    JudgedWord(frozenset({"begin"}), frozenset({"start"})),
    JudgedWord(frozenset({"start"}), frozenset({"begin"})),
    JudgedWord(frozenset({"left", "leave"}), frozenset({"go"})),
]


def test_places_are_counted_and_not_people():
    evidence = count_substitutes(PLACES).evidence(frozenset({"begin"}), frozenset({"start"}))
    assert evidence == pytest.approx((math.log(3), 2 / 4, math.log(3), math.log(2)))


def test_of_several_lemmas_the_highest_count_is_taken():
    evidence = count_substitutes(PLACES).evidence(frozenset({"left", "leave"}), frozenset({"go", "gone"}))
    assert evidence.log_named == math.log(2)


def test_there_is_no_evidence_for_words_that_nobody_was_asked_about():
    assert count_substitutes(PLACES).evidence(frozenset({"tree"}), frozenset({"plant"})) == (0, 0, 0, 0)


def test_a_table_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "named.tsv.gz"
    text = human_substitutes_text(count_substitutes(PLACES), "source\nlicence")
    file.write_bytes(gzip.compress(text.encode()))
    assert read_human_substitutes(file) == count_substitutes(PLACES)
    assert text.startswith("# source\n# licence\n")


def test_the_table_that_ships_is_of_english_alone():
    assert human_substitutes(language("de")) is NO_SUBSTITUTES
    english = human_substitutes(language("en"))
    assert english.evidence(frozenset({"begin"}), frozenset({"start"})).log_named > math.log(10)
    assert english.evidence(frozenset({"begin"}), frozenset({"finish"})).log_named == 0
