import json
from dataclasses import replace

import numpy as np
import pytest

from vae.language.language import language
from vae.variation.ranker import RANKER_COLUMNS, RANKER_FILE, RANKER_FORMAT, Ranker, Weights, read_ranker
from vae.variation.replacement import Replacement

ENGLISH = Ranker.of(language("en"))
WORDS = tuple("We tied the boat to a tree on the bank and waited for the rain to end.".split())


def replacement(word, *new, size=1, **known):
    scores = {"near_new": -2.0, "near_old": -1.0, "far_new": -3.0, "far_old": -3.0, "used": 0.5, "meant": 0.4}
    start = WORDS.index(word)
    return Replacement(start, start + size, new, **{**scores, **known})


def test_probabilities_are_those_of_a_logistic_regression():
    weights = Weights(constant=1.0, weights={"a": 2.0, "b": -1.0})
    assert weights.logits(np.array([[1.0, 3.0], [0.0, 0.0]]), ("b", "a")).tolist() == [6.0, 1.0]


def test_the_full_ranker_weighs_the_sense_that_the_sentence_has():
    loan = tuple("The bank refused him a loan for the third time.".split())
    of_money = [replace(replacement("bank", new), start=1, end=2) for new in ("shore", "lender")]
    shore, lender = ENGLISH.full(WORDS, [replacement("bank", "shore"), replacement("bank", "lender")])
    shore_of_money, lender_of_money = ENGLISH.full(loan, of_money)
    assert shore / lender > 1.5 * shore_of_money / lender_of_money


def test_synonyms_are_more_probable_than_opposites_and_unrelated_words():
    for ranker in (ENGLISH.cheap, ENGLISH.full):
        stop, begin, melt = ranker(
            WORDS, [replacement("end.", "stop"), replacement("end.", "begin"), replacement("end.", "melt")]
        )
        assert stop > max(begin, melt)


def test_phrases_are_weighed_too():
    found = ENGLISH.full(WORDS, [replacement("waited", "hung", "around", used=0.0, meant=0.0)])
    assert found.shape == (1,)
    assert 0 < found[0] < 1


def test_words_that_the_model_finds_unlikely_are_less_probable():
    likely, unlikely = ENGLISH.cheap(WORDS, [replacement("boat", "ship"), replacement("boat", "ship", far_new=-11.0)])
    assert likely > unlikely


@pytest.mark.parametrize("code", ["de", "xx"])
def test_languages_without_a_lexicon_are_weighed_by_log_p_and_vectors(code):
    ranker = Ranker.of(language(code))
    near, far = (replacement("boat", "ship", used=used, meant=used) for used in (0.7, 0.1))
    found = ranker.full(WORDS, [near, far])
    assert found[0] > found[1]
    assert np.array_equal(found, ranker.cheap(WORDS, [near, far]))
    assert np.array_equal(found, ranker.full(tuple("?" for _ in WORDS), [near, far]))


def test_no_replacements_have_no_probabilities():
    assert ENGLISH.full(WORDS, []).shape == ENGLISH.cheap(WORDS, []).shape == (0,)


def test_weights_of_other_features_or_another_format_are_refused(tmp_path):
    content = json.loads(RANKER_FILE.read_text())
    assert {name: set(each["weights"]) for name, each in content["rankers"].items()} == {
        name: set(columns) for name, columns in RANKER_COLUMNS.items()
    }
    content["rankers"]["full"]["weights"].pop("same")
    (tmp_path / "other.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match="full weighs other features"):
        read_ranker(tmp_path / "other.json")
    (tmp_path / "older.json").write_text(json.dumps({**content, "format": "blogvae-ranker/0"}))
    with pytest.raises(ValueError, match=f"blogvae-ranker/0, not {RANKER_FORMAT}"):
        read_ranker(tmp_path / "older.json")
