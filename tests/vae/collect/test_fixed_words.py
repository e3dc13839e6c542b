import sys
from types import SimpleNamespace

import pytest

from vae.collect import fixed_words
from vae.collect.fixed_words import auxiliaries, closed_classes, counted_words, negations

NOUNS = {
    "data.noun": "13728499 23 n 01 integer 0 000 | a whole number\n"
    "13728500 23 n 01 seven 0 001 @ 13728499 n 0000 | 7\n"
    "15154774 28 n 01 day 0 001 + 00000009 r 0101 | a unit of time\n"
    "00000001 05 n 01 dog 0 000 | barks\n",
    "index.noun": "day n 1 1 + 1 0 15154774\ndog n 1 0 1 0 00000001\ninteger n 1 0 1 0 13728499\n"
    "seven n 1 1 @ 1 0 13728500\n",
    "data.adv": "00000009 02 r 01 daily 0 001 + 15154774 n 0101 | each day\n",
    "index.adv": "daily r 1 1 + 1 0 00000009\n",
}
EMPTY = ("data.verb", "index.verb", "data.adj", "index.adj", "cntlist.rev")


@pytest.fixture
def wordnet(tmp_path):
    for name, text in {**NOUNS, **dict.fromkeys(EMPTY, "")}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def listed(monkeypatch):
    """Sets the words that stopwordsiso lists."""

    def listed(words):
        monkeypatch.setitem(sys.modules, "stopwordsiso", SimpleNamespace(stopwords=lambda _code: set(words.split())))

    return listed


@pytest.fixture
def brill(tmp_path):
    path = tmp_path / "en-lexicon.txt"
    path.write_text(";;; a comment\nthe DT\nyou PRP\nmust MD\nhouse NN\nthou PRP\n", encoding="utf-8")
    return path


def test_words_below_a_root_have_its_kind_with_plurals_and_derived_adverbs(wordnet):
    pytest.importorskip("lemminflect")
    kinds = counted_words(wordnet)
    assert [kinds[word] for word in ("integer", "seven")] == ["number"] * 2
    assert [kinds[word] for word in ("day", "days", "daily")] == ["time"] * 3
    assert "dog" not in kinds


def test_closed_classes_are_tagged_by_brill_and_listed_too(brill, listed):
    listed("the you must house")
    assert closed_classes(brill) == {"the": "determiner", "you": "pronoun", "must": "auxiliary"}


def test_auxiliaries_are_all_forms_of_verbs_that_take_a_negation():
    kinds = auxiliaries()
    assert {kinds[word] for word in "was having could does".split()} == {"auxiliary"}
    assert {kinds[word] for word in ("don't", "they're")} == {"contraction"}
    assert "the" not in kinds


@pytest.fixture
def vader(monkeypatch):
    boosts = {"barely": -0.3, "very": 0.3, "kind-of": -0.3, "kind of": -0.3}
    module = SimpleNamespace(BOOSTER_DICT=boosts, NEGATE=["never"])
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", module)


def test_negations_are_compounds_of_no_and_weakening_words_are_degrees(vader, listed):
    listed("nobody nothing noted now the")
    assert negations() == {"barely": "degree", "never": "negation", "nobody": "negation", "nothing": "negation"}


def test_the_file_has_a_sorted_line_for_each_word(wordnet, brill, vader, listed, tmp_path, monkeypatch):
    pytest.importorskip("lemminflect")
    listed("the you must nobody")
    output = tmp_path / "fixed-words.tsv"
    monkeypatch.setattr(sys, "argv", ["fixed_words", str(wordnet), str(brill), str(output)])
    fixed_words.main()
    lines = output.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines)
    assert {"determiner\tthe", "number\tseven", "negation\tnobody", "auxiliary\twas"} <= set(lines)
