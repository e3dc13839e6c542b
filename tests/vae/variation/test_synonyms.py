import pytest

from tokenizer.tokenizer import WORD_START
from vae.language.language import language
from vae.variation.compounds import compounds_in
from vae.variation.synonyms import MOST, Synonyms, synonyms_in
from vae.variation.words import Words

ENGLISH = language("en")


class Vocabulary:
    """A tokenizer as far as synonyms read it."""

    def __init__(self, *words):
        self.pieces = [WORD_START + word for word in words]


SYNONYMS = Synonyms(Vocabulary("start", "started", "starts", "begin", "began", "Begin", "stop", "tree"), ENGLISH)


def test_a_synonym_has_the_form_of_the_word():
    assert "began" in SYNONYMS("started")
    assert "begin" in SYNONYMS("start")
    assert "begin" not in SYNONYMS("started")


def test_no_form_of_the_word_itself_and_no_unrelated_word_is_a_synonym():
    assert not SYNONYMS("started") & {"start", "started", "starts", "tree", "Begin"}


def test_a_language_without_a_lexicon_has_no_synonyms():
    assert Synonyms(Vocabulary("start", "begin"), language("xx"))("start") == frozenset()


def test_the_same_object_serves_the_same_vocabulary_and_language():
    vocabulary = Vocabulary("start", "begin")
    assert synonyms_in(vocabulary, ENGLISH) is synonyms_in(vocabulary, ENGLISH)
    assert synonyms_in(vocabulary, ENGLISH) is not synonyms_in(Vocabulary("start"), ENGLISH)


def in_place_of(word, *, pieces=2, editable=True, synonyms=SYNONYMS, text="They {} early."):
    own = text.format(word).split()
    place = next(number for number, each in enumerate(own) if each.strip(".") == word.strip("."))
    spans = [(number, number + 1) for number in range(len(own))]
    spans[place] = (place, place + pieces)
    words = Words(tuple(own), tuple(spans))
    flags = [number == place and editable for number in range(len(own))]
    return [(phrase.start, phrase.end, phrase.new) for phrase in synonyms.in_place_of_pieces(words, flags)]


def test_a_word_of_several_pieces_has_synonyms_in_its_place():
    assert (1, 2, ("began",)) in in_place_of("started")


@pytest.mark.parametrize("options", [{"pieces": 1}, {"editable": False}])
def test_words_of_one_piece_and_words_that_stay_have_none(options):
    assert in_place_of("started", **options) == []


def test_a_word_with_a_capital_has_none():
    assert in_place_of("Started", text="{} early.") == []


def test_a_word_that_the_segment_holds_already_is_not_proposed():
    assert (1, 2, ("began",)) not in in_place_of("started", text="They {} when it began.")


def test_at_most_so_many_are_proposed_and_the_nearest_come_first():
    many = Synonyms(Vocabulary("began", "commenced", "launched", "initiated", "founded", "opened", "left"), ENGLISH)
    found = in_place_of("started", synonyms=many)
    assert len(many("started")) > MOST
    assert len(found) == MOST
    assert found[0] == (1, 2, ("began",))


def in_place_of_compounds(text, *, editable=True):
    own = tuple(text.split())
    words = Words(own, tuple((number, number + 1) for number in range(len(own))))
    phrases = SYNONYMS.in_place_of_compounds(words, [editable] * len(own), compounds_in(words, ENGLISH))
    return [(phrase.start, phrase.end, " ".join(phrase.new)) for phrase in phrases]


def test_a_compound_has_synonyms_in_its_place_as_a_whole():
    assert (1, 3, "parking lot") in in_place_of_compounds("The car park is full.")
    assert len(in_place_of_compounds("The car park is full.")) <= MOST


@pytest.mark.parametrize(
    "text", ["The car parks are full.", "They carried out it.", "He told a good story.", "They met at a time."]
)
def test_forms_verbs_and_compounds_that_begin_with_no_noun_have_none(text):
    assert in_place_of_compounds(text) == []


def test_a_synonym_with_a_word_of_the_compound_is_not_in_its_place():
    assert ENGLISH.lexicon.relation("smoke alarm", "fire alarm") == "same"
    assert not any("alarm" in phrase.new for phrase in in_place_of_compounds("The smoke alarm rang."))


def test_a_compound_with_a_word_that_stays_has_none():
    assert in_place_of_compounds("The car park is full.", editable=False) == []


def test_another_spelling_is_no_synonym():
    assert Synonyms(Vocabulary("color", "colour", "tinge"), ENGLISH)("colour") == {"tinge"}
