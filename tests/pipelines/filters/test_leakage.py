from types import SimpleNamespace

import pytest

from pipelines.filters.leakage import Leakage
from pipelines.filters.rule import Judgement
from vae.spans import SpanIndex

RULE = Leakage()
OTHER_POST = " ".join(f"word{number}" for number in range(60))
SOURCE = " ".join(f"own{number}" for number in range(20))
MODEL = SimpleNamespace(spans=SpanIndex.of([OTHER_POST, SOURCE]))


def passage(words: int) -> str:
    return " ".join(OTHER_POST.split()[:words])


def test_words_of_the_source_are_no_leak_though_the_corpus_holds_them(judge):
    assert judge(RULE, "", segments=((SOURCE, f"Now {SOURCE}!"),), model=MODEL) == Judgement(
        rule="leakage", kept=True, value=0.0, threshold=11
    )


def test_twelve_words_of_another_post_are_rejected(judge):
    assert judge(RULE, "", segments=((SOURCE, f"so {passage(12)} then"),), model=MODEL) == Judgement(
        rule="leakage",
        kept=False,
        value=12.0,
        threshold=11,
        reason="words of the longest passage that a training text holds and the source does not: "
        "12, above the maximum 11",
    )
    assert judge(RULE, "", segments=((SOURCE, f"so {passage(11)} then"),), model=MODEL).kept


def test_a_passage_over_two_segments_is_one(judge):
    words = passage(30).split()
    segments = ((SOURCE, " ".join(words[:10])), (SOURCE, " ".join(words[10:])))
    assert judge(RULE, "", segments=segments, model=MODEL).value == 30


@pytest.mark.parametrize(("words", "kept"), [(49, True), (50, False)])
def test_fifty_words_are_fatal_whatever_the_maximum(judge, words, kept):
    judgement = judge(Leakage(maximum=1000), "", segments=((SOURCE, passage(words)),), model=MODEL)
    assert (judgement.kept, judgement.value, judgement.threshold) == (kept, words, 49)


def test_a_model_without_an_index_measures_nothing(judge):
    assert judge(RULE, "", segments=((SOURCE, passage(50)),), model=SimpleNamespace(spans=None)) is None
