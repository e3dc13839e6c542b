import pytest
import torch

from tokenizer.segments import cut
from vae.language.language import language
from vae.text_vae import TextVAE
from vae.variation import word_proposals as module
from vae.variation.context_window import windows
from vae.variation.guide import Guide
from vae.variation.place_scores import PlaceScores
from vae.variation.sampling import Sampling
from vae.variation.task import Task
from vae.variation.word_proposals import LEAST_FAR, Vocabulary, WordProposer
from vae.variation.words import bare, words_of

pytestmark = pytest.mark.slow

ENGLISH, UNKNOWN = language("en"), language("xx")
TEXT = "Then the cat painted the quiet dog."


def proposed(model, text=TEXT, *, editable=None, language=ENGLISH):
    """The words proposed for each word of a text."""
    ((segment,),) = cut([text], tokenizer=model.tokenizer, max_len=model.max_len)
    words = words_of(segment, model.tokenizer)
    (window,) = windows([segment.ids], max_len=model.max_len)
    proposer = WordProposer(model, Guide.of(model, Sampling()), seed=0)
    flags = [editable is None or bare(word) in editable for word in words.words]
    found = {}
    for one in proposer(Task(segment, "post", 0), window, words, flags, language=language):
        assert one.end == one.start + 1
        found.setdefault(bare(words.words[one.start]), []).append(one)
    return found


@pytest.fixture
def likely(fills, monkeypatch):
    """Has the decoder find some words likely in every place, and the others impossible; all are used alike."""

    def say(*words, near=-1.0, far=-1.0):
        row = torch.full((fills.module.vocab_size,), -20.0)
        row[[fills.tokenizer.pieces.index("▁" + word) for word in words]] = far
        monkeypatch.setattr(
            module,
            "place_scores",
            lambda *args, **_: PlaceScores(*(row.expand(len(args[3]), -1) - far + level for level in (near, far))),
        )
        everything = Vocabulary.of(fills)
        alike = torch.ones(fills.module.vocab_size, 1)
        monkeypatch.setattr(
            Vocabulary, "of", lambda _: everything._replace(usage=alike, meaning=torch.zeros(len(alike), 0))
        )

    return say


def test_the_vocabulary_knows_words_capitals_and_unit_vectors(fills):
    vocabulary = Vocabulary.of(fills)
    pieces = fills.tokenizer.pieces
    assert vocabulary.word[pieces.index("▁cat")]
    assert not vocabulary.word[pieces.index("▁")]
    assert vocabulary.capital[pieces.index("▁The")]
    assert not vocabulary.capital[pieces.index("▁cat")]
    norms = vocabulary.usage.norm(dim=1)
    torch.testing.assert_close(norms[norms > 0], torch.ones(int((norms > 0).sum())))


def test_a_model_without_such_vectors_gives_its_embedding_as_usage(trained):
    model = TextVAE.load(trained)
    vocabulary = Vocabulary.of(model)
    assert vocabulary.usage.shape == (model.module.vocab_size, model.module.embedding.embedding_dim)
    assert vocabulary.meaning.shape == (model.module.vocab_size, 0)


def test_likely_words_are_proposed_with_their_log_p(fills, likely):
    likely("garden", "letter", near=-2.0, far=-3.0)
    found = proposed(fills, editable={"cat"})
    assert set(found) == {"cat"}
    assert {one.new for one in found["cat"]} == {("garden",), ("letter",)}
    assert {(one.near_new, one.far_new, one.used) for one in found["cat"]} == {(-2.0, -3.0, 1.0)}


def test_words_of_the_segment_other_forms_and_capitals_are_not_proposed(fills, likely):
    likely("dog", "cats", "boats", "Bird", "garden")
    assert [one.new for one in proposed(fills, editable={"cat"})["cat"]] == [("garden",)]


def test_words_that_stay_and_function_words_have_no_replacements(fills, likely):
    likely("garden")
    assert proposed(fills, editable={"the", "then"}) == {}
    assert proposed(fills, editable=set()) == {}


def test_what_the_words_around_hardly_allow_is_not_proposed(fills, likely):
    likely("garden", far=LEAST_FAR - 0.1)
    assert proposed(fills, editable={"cat"}) == {}


def test_likely_words_show_which_part_of_speech_fits_a_place(fills, likely):
    def words(language=ENGLISH):
        return {word for one in proposed(fills, editable={"cat"}, language=language).get("cat", []) for word in one.new}

    likely("lamp", "kettle", "window", "warm")
    assert words() == {"lamp", "kettle", "window"}
    assert words(UNKNOWN) == {"lamp", "kettle", "window", "warm"}
    likely("warm")
    assert words() == {"warm"}


def test_words_with_several_of_the_readings_do_not_show_which_fits(fills, likely):
    # All but the last four words may be nouns or verbs, as "cat" may; three of those are nouns, and "warm" is a verb.
    likely("bird", "train", "garden", "letter", "boat", "lamp", "kettle", "window", "warm")
    words = {word for one in proposed(fills, editable={"cat"})["cat"] for word in one.new}
    assert {"lamp", "bird"} <= words
    assert "warm" not in words
