import pytest

from tokenizer.segments import cut
from vae.decode.decoding import Decoding
from vae.variation import whole_segments as module
from vae.variation.guide import Guide
from vae.variation.sampling import Sampling
from vae.variation.task import Task
from vae.variation.whole_segments import decoded_around, whole_variations

pytestmark = pytest.mark.slow

PRIOR = Sampling(strategy="prior")


@pytest.fixture(scope="module")
def texts(fills, sentences):
    posts = [" ".join(sentences[start : start + 2]) for start in (450, 460)]
    return cut(posts, tokenizer=fills.tokenizer, max_len=fills.max_len)


def varied(model, texts, keys=(("a", 0), ("b", 0))):
    return whole_variations(model, texts, keys, [""] * len(texts), guide=Guide.of(model, PRIOR), sampling=PRIOR)


def decodes(monkeypatch, text):
    """Has the decoder write the same text for every segment."""
    monkeypatch.setattr(module, "decoded_around", lambda _model, tasks, *_, **__: [[text] for _ in tasks])


def test_a_variation_follows_from_name_and_number_alone(fills, texts):
    first, second = varied(fills, texts)
    assert varied(fills, texts[1:], [("b", 0)]) == [second]
    assert varied(fills, texts[:1], [("a", 0)]) == [first]


def test_segments_become_what_is_decoded_for_them(fills, texts, monkeypatch):
    decodes(monkeypatch, "Tea  for two.")
    for variation, text in zip(varied(fills, texts), texts, strict=True):
        usable = [segment for segment in text if not segment.protected.spans]
        assert variation.segments.count("Tea for two.") == len(usable)
        assert variation.edits == ()


@pytest.mark.parametrize("decoded", ["", "tea tea tea tea.", "the cat the cat the cat the cat."])
def test_a_segment_stays_when_what_is_decoded_breaks_off_or_loops(fills, texts, monkeypatch, decoded):
    decodes(monkeypatch, decoded)
    for variation, text in zip(varied(fills, texts), texts, strict=True):
        assert variation.segments == tuple(segment.text for segment in text)
        assert variation.why_short == "nothing that was decoded for it could be used"


def test_each_task_has_a_text_for_each_radius(fills, texts):
    guide = Guide.of(fills, Sampling())
    tasks = [Task(segment, "post", place) for place, segment in enumerate(texts[0])]
    found = decoded_around(fills, tasks, guide, Decoding(), radii=[0.0, 1.0, 1.6], seed=0)
    assert [len(row) for row in found] == [3] * len(tasks)
    assert decoded_around(fills, [], guide, Decoding(), radii=[0.0], seed=0) == []
