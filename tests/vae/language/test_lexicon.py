import gzip

import pytest

from vae.language.language import language
from vae.language.lexicon import LEXICON_FORMAT, Reading, read_lexicon

ENGLISH = language("en").lexicon

SMALL = f"""{LEXICON_FORMAT}
[endings]
n\ts\t\tplural
v\tte\tn\tpast
[forms]
gik\tv:gaan:past
[groups]
n
n 0
n 0
v
n
[opposites]
1 4
[words]
dier\t0:3
gaan\t3
hond\t1:9 3:1
kat\t2
poes\t2:7 4
wolf\t4
"""


@pytest.fixture
def small(tmp_path):
    file = tmp_path / "lexicon.gz"
    file.write_bytes(gzip.compress(SMALL.encode()))
    return read_lexicon(file)


def test_readings_come_from_the_word_itself_the_listed_forms_and_the_endings(small):
    assert small.readings("Hond") == {Reading("n", "hond", ""), Reading("v", "hond", "")}
    assert small.readings("honds") == {Reading("n", "hond", "plural")}
    assert small.readings("gik") == {Reading("v", "gaan", "past")}
    assert small.readings("gaate") == {Reading("v", "gaan", "past")}
    assert small.readings("vis") == frozenset()
    assert "honds" in small
    assert "vis" not in small


def test_relations_and_the_share_of_the_senses_that_have_them(small):
    assert small.related("poes", "kat") == ("same", 7.5 / 8)
    assert small.related("kat", "poes") == ("same", 1.0)
    assert small.related("hond", "dier") == ("above", 9.5 / 11)
    assert small.related("dier", "hond") == ("above", 1.0)
    assert small.related("hond", "kat") == ("sibling", 9.5 / 11)
    assert small.related("hond", "poes") == ("opposite", 9.5 / 11)
    assert small.related("dier", "wolf") == ("", 0)


def test_relations_hold_between_words_of_one_form_but_opposites_between_all(small):
    assert small.relation("poezen", "kats") == ""
    assert small.relation("poess", "kats") == "same"
    assert small.relation("poess", "kat") == ""
    assert small.relation("honds", "wolf") == "opposite"
    assert small.relation("hond", "honds") == ""


def test_synonyms_share_a_group_in_any_sense_and_leave_out_the_word_itself(small):
    assert small.synonyms("poes") == {"kat", "wolf"}
    assert small.synonyms("Kat") == {"poes"}
    assert small.synonyms("vis") == frozenset()


@pytest.mark.parametrize("word", ["walk", "city", "box", "man", "happy", "good", "take", "knife"])
def test_every_form_of_a_lemma_is_irregular_or_possible(word):
    possible = ENGLISH.possible_forms(frozenset({word}))
    known = {*ENGLISH.words, *ENGLISH.forms, *possible}
    forms = {other for other in known if other[:2] == word[:2] and word in ENGLISH.lemmas(other)}
    assert word in forms
    assert forms <= possible | ENGLISH.forms.keys()


def test_a_possible_form_has_another_ending_than_the_lemma(small):
    assert small.possible_forms(frozenset({"lon"})) == {"lon", "lons", "lote"}


def test_compounds_have_the_forms_of_their_last_word_or_of_the_first_of_a_verb():
    assert ENGLISH.readings("Car parks") == {Reading("n", "car park", "plural")}
    assert Reading("v", "carry out", "past") in ENGLISH.readings("carried out")
    assert "carried lamp" not in ENGLISH
    assert "parking lot" in ENGLISH.synonyms("car parks")


@pytest.mark.parametrize("pair", ["colour color", "neighbours neighbors", "grey gray", "Organise organize"])
def test_two_spellings_of_one_word_are_known_by_their_senses_and_letters(pair):
    one, other = pair.split()
    assert ENGLISH.spelled_alike(one, other)
    assert ENGLISH.spelled_alike(other, one)


@pytest.mark.parametrize("pair", ["photo photograph", "part partly", "cat cot", "colour colors", "qqq qqz"])
def test_other_words_are_no_spellings_of_one(pair):
    assert not ENGLISH.spelled_alike(*pair.split())


def test_a_word_is_mainly_of_the_part_of_speech_of_at_least_half_its_uses(small):
    assert small.mainly("hond", "n")
    assert not small.mainly("hond", "v")
    assert not small.mainly("vis", "n")


def test_a_file_of_another_format_is_refused_by_name(tmp_path):
    file = tmp_path / "other.gz"
    file.write_bytes(gzip.compress(b"blogvae-lexicon/0\n[words]\n"))
    with pytest.raises(ValueError, match=r"other\.gz: not a lexicon of format blogvae-lexicon/2"):
        read_lexicon(file)


@pytest.mark.parametrize(
    "pair",
    [
        *(
            "cold warm",
            "warm cold",
            "slowly quickly",
            "refused accepted",
            "accepting refuse",
            "large small",
            "buy sell",
        ),
        *(
            "parents children",
            "reduced increase",
            "important trivial",
            "smart stupid",
            "usefully uselessly",
            "early late",
        ),
        "purchased sold",
    ],
)
def test_opposites_are_listed_derived_or_by_groups_above(pair):
    assert ENGLISH.relation(*pair.split()) == "opposite"


@pytest.mark.parametrize(
    ("pair", "relation"),
    [
        ("kids children", "same"),
        ("began started", "same"),
        ("completely entirely", "same"),
        ("big huge", "above"),
        ("afternoon evening", "sibling"),
        ("begin started", ""),
        ("hungry dinner", ""),
        ("refused promised", ""),
        ("took taken", ""),
    ],
)
def test_other_relations(pair, relation):
    assert ENGLISH.relation(*pair.split()) == relation


def test_a_relation_by_a_rare_sense_has_a_small_share():
    assert ENGLISH.sense_share("tip", "point") < 0.1
    assert ENGLISH.sense_share("begin", "start") > 0.8


@pytest.mark.parametrize(
    ("pair", "same"),
    [
        ("took seized", True),
        ("took given", False),
        ("given seized", True),
        ("plants places", True),
        ("plant places", False),
        ("bigger larger", True),
        ("big largest", False),
        ("quickly slowly", True),
        ("plant zxqj", None),
    ],
)
def test_words_of_the_same_form_are_found(pair, same):
    assert ENGLISH.same_form(*pair.split()) is same
