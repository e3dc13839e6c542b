import gzip
import math

import pytest

from vae.language.human_substitutes import (
    NOBODY,
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


def test_counts_places_not_people():
    named = count_substitutes(PLACES)
    told = named.told(frozenset({"begin"}), frozenset({"start"}))
    assert told == pytest.approx((math.log(3), 2 / 4, math.log(3), math.log(2)))


def test_the_best_reading_of_a_form_counts():
    assert count_substitutes(PLACES).told(frozenset({"left", "leave"}), frozenset({"go", "gone"}))[0] == math.log(2)


def test_of_words_that_nobody_was_asked_about_nothing_is_told():
    assert count_substitutes(PLACES).told(frozenset({"tree"}), frozenset({"plant"})) == (0, 0, 0, 0)


def test_a_table_is_read_as_written(tmp_path):
    file = tmp_path / "named.tsv.gz"
    text = human_substitutes_text(count_substitutes(PLACES), "source\nlicence")
    file.write_bytes(gzip.compress(text.encode()))
    assert read_human_substitutes(file) == count_substitutes(PLACES)
    assert text.startswith("# source\n# licence\n")


def test_what_ships_is_of_english():
    assert human_substitutes(language("de")) is NOBODY
    english = human_substitutes(language("en"))
    assert english.told(frozenset({"begin"}), frozenset({"start"}))[0] > math.log(10)
    assert english.told(frozenset({"begin"}), frozenset({"finish"}))[0] == pytest.approx(0)
