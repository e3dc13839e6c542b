import gzip
import math

import pytest

from vae.language.language import language
from vae.language.named import NOBODY, Place, counted, named_in, named_text, read_named

PLACES = [
    Place(frozenset({"begin"}), frozenset({"start", "commence"})),
    Place(frozenset({"begin"}), frozenset({"start"})),
    Place(frozenset({"start"}), frozenset({"begin"})),
    Place(frozenset({"left", "leave"}), frozenset({"go"})),
]


def test_counts_places_not_people():
    named = counted(PLACES)
    told = named.told(frozenset({"begin"}), frozenset({"start"}))
    assert told == pytest.approx((math.log(3), 2 / 4, math.log(3), math.log(2)))


def test_the_best_reading_of_a_form_counts():
    assert counted(PLACES).told(frozenset({"left", "leave"}), frozenset({"go", "gone"}))[0] == math.log(2)


def test_of_words_that_nobody_was_asked_about_nothing_is_told():
    assert counted(PLACES).told(frozenset({"tree"}), frozenset({"plant"})) == (0, 0, 0, 0)


def test_a_table_is_read_as_written(tmp_path):
    file = tmp_path / "named.tsv.gz"
    text = named_text(counted(PLACES), "source\nlicence")
    file.write_bytes(gzip.compress(text.encode()))
    assert read_named(file) == counted(PLACES)
    assert text.startswith("# source\n# licence\n")


def test_what_ships_is_of_english():
    assert named_in(language("de")) is NOBODY
    english = named_in(language("en"))
    assert english.told(frozenset({"begin"}), frozenset({"start"}))[0] > math.log(10)
    assert english.told(frozenset({"begin"}), frozenset({"finish"}))[0] == pytest.approx(0)
