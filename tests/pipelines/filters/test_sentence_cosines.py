import pytest

from pipelines.filters import sentence_cosines as module
from pipelines.filters.rule import Candidate
from pipelines.filters.sentence_cosines import SHIPPED_ENCODER, SentenceCosine, sentence_cosines
from vae.language import sentence_encoder


def candidate(*segments, language="en"):
    return Candidate(source="", text="", change=0.1, segments=segments, language=language)


def test_sentences_are_paired_by_order_or_else_the_segment_is_one(embedded):
    [one, two] = sentence_cosines([candidate(("A b. A.", "B b. A.")), candidate(("A b. A.", "B b"))])
    assert one == [SentenceCosine(2, pytest.approx(0.5**0.5)), SentenceCosine(1, 1.0)]
    assert two == [SentenceCosine(3, pytest.approx(1 / 5**0.5))]


def test_only_what_changed_is_read_and_only_once(embedded):
    sentence_cosines([candidate(("A b. A.", "B b. A.")), candidate(("A b. A.", "A a. A."))])
    assert sorted(embedded) == ["A a.", "A b.", "B b."]
    sentence_cosines([candidate(("A b. A.", "A a. B."))])
    assert sorted(embedded[3:]) == ["A.", "B."]


def test_no_more_vectors_are_kept_than_there_is_room_for(embedded, monkeypatch):
    monkeypatch.setattr(module, "_MOST_KEPT", 4)
    for words in ("b", "b b", "b b b", "b b b b"):
        assert sentence_cosines([candidate(("a", words))]) == [[SentenceCosine(1, pytest.approx(0, abs=1e-6))]]
    assert embedded == ["a", "b", "b b", "b b b", "b b b b"]


def test_lone_surrogates_are_no_text_to_the_encoder(embedded):
    sentence_cosines([candidate(("a", "\ud800 b"))])
    assert sorted(embedded) == ["? b", "a"]


def test_the_encoder_that_ships_tells_a_paraphrase_from_something_else():
    """Read by the real one."""
    assert SHIPPED_ENCODER == sentence_encoder.SHIPPED_ENCODER
    source = "The library opens at nine on Saturdays."
    same, other = "The library opens at nine every Saturday.", "My uncle sells second-hand tractors in Ohio."
    [[near], [far]] = sentence_cosines([candidate((source, same)), candidate((source, other))])
    assert near.cosine > 0.9
    assert far.cosine < 0.3
