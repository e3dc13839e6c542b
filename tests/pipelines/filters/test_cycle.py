from types import SimpleNamespace

import pytest
import torch

from pipelines.filters.cycle import Cycle
from pipelines.filters.rule import Candidate, Judgement


class Encoder:
    """Of a text of so many a, b, c, the mean is (a, b), (c, 1), in two slots; segments are of four words at most."""

    max_len = 5
    device = "cpu"

    def __init__(self) -> None:
        self.tokenizer = SimpleNamespace(encode=lambda texts: [text.split() for text in texts])
        self.calls: list[int] = []

    def read_ids(self, rows):
        self.calls.append(len(rows))
        means = [[[row.count("a"), row.count("b")], [row.count("c"), 1]] for row in rows]
        return SimpleNamespace(mean=torch.tensor(means, dtype=torch.float32).reshape(-1, 2, 2))


def test_the_distance_is_relative_to_the_sources_own(judge):
    # (3, 1, 0, 1) to (2, 2, 0, 1): the root of 2, of 11
    judgement = judge(Cycle(), "", segments=(("a a a b", "a a b b"),), model=Encoder())
    assert judgement == Judgement(rule="cycle", kept=True, value=pytest.approx((2 / 11) ** 0.5), threshold=1)


def test_another_text_is_rejected(judge):
    judgement = judge(Cycle(), "", segments=(("a a a", "c c c"),), model=Encoder())
    assert (judgement.kept, judgement.value) == (False, pytest.approx((18 / 10) ** 0.5))
    assert judgement.reason == (
        "latent distance from the source, relative to its distance from the origin: 1.342, above the maximum 1"
    )


def test_the_mean_is_over_the_changed_segments(judge):
    segments = (("a a a b", "a a b b"), ("a a a", "c c c"), ("b", "b"))
    expected = ((2 / 11) ** 0.5 + (18 / 10) ** 0.5) / 2
    assert judge(Cycle(), "", segments=segments, model=Encoder()).value == pytest.approx(expected)


@pytest.mark.parametrize("segments", [(), (("a", "a"),), (("a a a a a", "a"),), (("a", "a a a a a"),)])
def test_nothing_is_measured_without_a_changed_segment_that_can_be_encoded(judge, segments):
    assert judge(Cycle(), "", segments=segments, model=Encoder()) is None


def test_segments_of_all_candidates_are_encoded_at_once_and_equal_ones_only_once():
    model = Encoder()
    segments = (("a a", "a b"), ("b b", "b b"))
    candidate = Candidate(source="", text="", change=0.3, segments=segments)
    other = Candidate(source="", text="", change=0.3, segments=(("a a", "c"),))
    values = Cycle().measure([candidate, other, candidate], model)
    assert values == pytest.approx([(2 / 5) ** 0.5, 1, (2 / 5) ** 0.5])
    assert model.calls == [3]
