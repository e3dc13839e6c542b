from math import exp
from types import SimpleNamespace

import pytest

from pipelines.filters.fluency import Fluency
from pipelines.filters.rule import Judgement
from vae.ngrams import NGrams

MODEL = SimpleNamespace(ngrams=NGrams.of(["The cat sat on the mat.", "The dog sat on the rug.", "The cat ate."] * 3))
SOURCE = "The cat sat on the rug."


def ratio(source: str, varied: str) -> float:
    return exp(MODEL.ngrams.mean_log_p(source) - MODEL.ngrams.mean_log_p(varied))


def test_as_likely_a_text_is_kept(judge):
    varied = "The dog sat on the mat."
    judgement = judge(Fluency(), "", segments=((SOURCE, varied),), model=MODEL)
    assert judgement == Judgement(rule="fluency", kept=True, value=pytest.approx(ratio(SOURCE, varied)), threshold=3)


def test_words_in_disorder_are_rejected_with_the_ratio_of_perplexities(judge):
    varied = "rug the on sat cat The."
    judgement = judge(Fluency(), "", segments=((SOURCE, varied),), model=MODEL)
    assert (judgement.kept, judgement.value) == (False, pytest.approx(ratio(SOURCE, varied)))
    assert judgement.reason.startswith("perplexity of the varied words, divided by that of their source: ")


def test_the_segments_are_measured_together(judge):
    segments = ((SOURCE, SOURCE), ("The cat ate.", "ate cat The."))
    expected = ratio(f"{SOURCE} The cat ate.", f"{SOURCE} ate cat The.")
    assert judge(Fluency(), "", segments=segments, model=MODEL).value == pytest.approx(expected)


def test_without_varied_segments_it_is_1(judge):
    assert judge(Fluency(), "anything", model=MODEL).value == 1


def test_a_model_without_ngrams_measures_nothing(judge):
    assert judge(Fluency(), "", segments=((SOURCE, SOURCE),), model=SimpleNamespace(ngrams=None)) is None


def test_the_maximum_is_a_setting(judge):
    segments = ((SOURCE, "rug the on sat cat The."),)
    assert judge(Fluency(maximum=1000), "", segments=segments, model=MODEL).kept
