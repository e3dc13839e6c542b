import numpy as np
import pytest

from vae.language.human_substitutes import JudgedWord, count_substitutes
from vae.language.language import language
from vae.language.sentence_encoder import SentenceEncoder
from vae.variation.replacement import Replacement
from vae.variation.replacement_features import (
    LEXICON,
    LOWEST,
    MODEL,
    NAMED,
    READER,
    by_lexicon,
    by_model,
    by_people,
    by_reader,
)

WORDS = ("“They", "started", "early,”", "he", "said.")
ENGLISH = language("en")


def replacement(start, *new, end=None, **known):
    scores = {"near_new": -2.0, "near_old": -0.5, "far_new": -3.0, "far_old": -4.0, "used": 0.5, "meant": 0.4}
    return Replacement(start, end or start + 1, new, **{**scores, **known})


def named(rows, columns):
    return [dict(zip(columns, row.tolist(), strict=True)) for row in rows]


def test_log_p_counts_as_its_value_and_as_the_gain_over_the_old_words():
    (features,) = named(by_model([replacement(1, "began")]), MODEL)
    assert features == {
        "near new": -2.0,
        "near gain": -1.5,
        "far new": -3.0,
        "far gain": 1.0,
        "used": 0.5,
        "meant": 0.4,
        "used and meant": pytest.approx(0.2),
        "no vectors": 0.0,
    }


def test_log_p_below_the_lowest_counts_as_the_lowest():
    unlikely = by_model([replacement(1, "began", near_new=-40.0), replacement(1, "began", near_new=LOWEST)])
    assert np.array_equal(unlikely[0], unlikely[1])


def test_words_without_vectors_are_marked():
    (features,) = named(by_model([replacement(1, "set", "out", used=0.0, meant=0.0)]), MODEL)
    assert features["no vectors"] == 1.0


def test_the_lexicon_looks_up_words_without_marks():
    features = named(
        by_lexicon(WORDS, [replacement(1, "began"), replacement(2, "late"), replacement(1, "begin")], ENGLISH), LEXICON
    )
    assert features[0]["same"] == 1.0
    assert 0 < features[0]["share of use"] <= 1
    assert features[1]["opposite"] == 1.0
    assert features[2]["other form"] == 1.0


def test_words_that_the_lexicon_lacks_have_an_unknown_relation():
    (features,) = named(by_lexicon(("Please", "enter", "it."), [replacement(1, "xyzzy", "in")], ENGLISH), LEXICON)
    assert features["unknown"] == features["phrase"] == 1.0
    assert features["same"] == features["other form"] == 0.0


def test_what_people_named_is_looked_up_by_lemma():
    table = count_substitutes([JudgedWord(ENGLISH.lemmas("starts"), ENGLISH.lemmas("begin"))])
    features = named(by_people(WORDS, [replacement(1, "began"), replacement(1, "left")], ENGLISH, table), NAMED)
    assert features[0]["named"] > features[1]["named"] == 0
    assert features[0]["never named"] == 0
    assert features[1]["never named"] == 1


def test_the_encoder_reads_the_words_without_their_marks():
    encoder = SentenceEncoder.load()
    (features,) = named(by_reader(WORDS, [replacement(2, "early")], encoder), READER)
    assert features["near 0"] == pytest.approx(1, abs=1e-5)
    (whole,) = named(by_reader(WORDS, [replacement(1, "started", "early", end=3)], encoder), READER)
    assert whole["more pieces"] == 0
    (capital,) = named(by_reader(WORDS, [replacement(0, "people")], encoder), READER)
    assert capital["near 6"] > 0.3


def test_no_replacements_give_no_rows():
    assert by_model([]).shape == (0, len(MODEL))
    assert by_lexicon(WORDS, [], ENGLISH).shape == (0, len(LEXICON))
    assert by_people(WORDS, [], ENGLISH).shape == (0, len(NAMED))
