import pytest

from tokenizer.segments import cut
from vae.language.language import language
from vae.text_vae import TextVAE
from vae.variation import proposals as module
from vae.variation.guide import Guide
from vae.variation.move import SWAP, Move
from vae.variation.phrases import Phrase
from vae.variation.proposals import KEPT, Proposer
from vae.variation.replacement import Replacement
from vae.variation.sampling import KEEPABLE, Sampling
from vae.variation.task import Task
from vae.variation.words import bare, words_of

pytestmark = pytest.mark.slow

UNKNOWN = language("xx")


@pytest.fixture(scope="module", params=["recurrent", "masked"])
def model(request):
    return TextVAE.load(request.getfixturevalue({"recurrent": "trained", "masked": "filling"}[request.param]))


def text_of(model, *texts):
    """A text of several segments: its tasks and words."""
    segments = [cut([text], tokenizer=model.tokenizer, max_len=model.max_len)[0][0] for text in texts]
    tasks = [Task(segment, "post", place) for place, segment in enumerate(segments)]
    return tasks, [words_of(segment, model.tokenizer) for segment in segments]


def proposer(model, *, kept=()):
    return Proposer(model, Guide.of(model, Sampling()), seed=0, keep=KEEPABLE, kept=frozenset(kept))


TEXTS = ("Then the cat painted the quiet dog.", "Then the bird cleaned the warm lamp.")


def test_only_the_segments_asked_for_have_proposals(model):
    tasks, words = text_of(model, *TEXTS)
    found = proposer(model)(tasks, words, UNKNOWN, [1])
    assert found
    assert {proposal.segment for proposal in found} == {1}
    assert all(0 <= proposal.probability <= 1 for proposal in found)


def test_kept_words_have_no_proposals(model):
    tasks, words = text_of(model, *TEXTS)
    found = proposer(model, kept={"cat"})(tasks, words, UNKNOWN, [0])
    edited = {bare(words[0].words[proposal.replacement.start]) for proposal in found}
    assert edited
    assert "cat" not in edited


def replacement(number, start=1):
    return Replacement(start, start + 1, (f"new{number}",), near_new=-1, near_old=-1, far_new=-1 - number, far_old=-1)


def test_the_best_of_each_run_of_words_are_weighed(fills, monkeypatch):
    tasks, words = text_of(fills, TEXTS[0])
    options = [replacement(number, start) for start in (2, 1) for number in range(KEPT + 2)]
    monkeypatch.setattr(Proposer, "_replacements", lambda *_: options)
    monkeypatch.setattr(module, "_LEAST_ROUGH", 0.0)
    monkeypatch.setattr(module, "weighed_moves", lambda *_, **__: [])
    found = proposer(fills)(tasks, words, UNKNOWN, [0])
    best = [(start, (f"new{number}",)) for start in (1, 2) for number in range(KEPT)]
    assert [(each.replacement.start, each.replacement.new) for each in found] == best
    monkeypatch.setattr(module, "_LEAST_ROUGH", 1.0)
    assert proposer(fills)(tasks, words, UNKNOWN, [0]) == []


def test_moves_are_proposed_beside_replacements(fills, monkeypatch):
    tasks, words = text_of(fills, TEXTS[0])
    move = Move(SWAP, 1, 2, 3, 4, words[0].words[1:4], words[0].words[1:4][::-1])
    monkeypatch.setattr(Proposer, "_replacements", lambda *_: [])
    monkeypatch.setattr(module, "weighed_moves", lambda *_, **__: [(move, 0.75)])
    (found,) = proposer(fills)(tasks, words, UNKNOWN, [0])
    assert (found.segment, found.replacement, found.probability) == (0, move, 0.75)


def test_a_word_that_two_ways_find_is_proposed_once(fills, monkeypatch):
    tasks, words = text_of(fills, TEXTS[0])
    monkeypatch.setattr(module.WordProposer, "__call__", lambda *_, **__: [replacement(0)])
    monkeypatch.setattr(module, "rewordings", lambda *_: [Phrase(1, 2, ("new0",)), Phrase(1, 3, ("new0",))])
    (found,) = proposer(fills).unweighed(tasks, words, UNKNOWN, [0])
    assert [(one.start, one.end) for one in found] == [(1, 2), (1, 3)]
