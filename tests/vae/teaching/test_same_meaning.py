import pytest
import torch

from vae.teaching.infilling import Example
from vae.teaching.revisions import Exchange
from vae.teaching.same_meaning import far_apart, passages, say_the_same, vector_cosines


class FakeEncoder:
    """Gives each text the vector that is set for its last word."""

    def __init__(self, **vectors):
        self.vectors = vectors

    def embed(self, texts):
        return torch.tensor([self.vectors[text.removesuffix(".").split()[-1]] for text in texts])


def exchange(old, new):
    return Exchange(source="a/b", left="We saw ", old=old, new=new, right=".")


def test_cosines_compare_the_mean_vectors_of_both_spans():
    vectors = torch.tensor([[1.0, 0, 1, 0], [0, 2, 2, 0], [1, 0, 0, 3], [0, 5, 0, 5]])
    example = Example(source=(0, 0, 1, 0), ids=(0, 2, 3, 0), first=1, wanted=({2: 1.0}, {3: 1.0}))
    whole, meaning = vector_cosines(example, vectors, usage=2)
    unit = torch.nn.functional.normalize(vectors, dim=1)
    old, new = unit[[0, 1]].mean(0), unit[[2, 3]].mean(0)
    assert whole == pytest.approx(float(old @ new / old.norm() / new.norm()))
    assert meaning == pytest.approx(0.0)
    assert vector_cosines(example, vectors, usage=4) == pytest.approx((whole, whole))


@pytest.mark.parametrize(("cosines", "far"), [((0.4, 0.3), False), ((0.3, 0.9), True), ((0.9, 0.1), True)])
def test_words_are_far_apart_if_either_cosine_is_small(cosines, far):
    assert far_apart(cosines) is far


def test_a_passage_holds_the_words_around_the_exchange():
    left, right = " ".join("abcdefghijklmnopqrst"), " ".join("uvwxyzuvwxyzuvwxyz")
    both = passages(Exchange(source="a/b", left=f"{left} ", old="one", new="two", right=f", {right}"))
    assert both == (
        "g h i j k l m n o p q r s t one, u v w x y z u v w x y z u v",
        "g h i j k l m n o p q r s t two, u v w x y z u v w x y z u v",
    )
    assert passages(Exchange(source="a/b", left="", old="One", new="Two", right=".")) == ("One.", "Two.")


def test_passages_must_be_near_or_less_so_if_the_words_are_near():
    encoder = FakeEncoder(lamp=[1.0, 0.0], light=[0.95, 0.31], bulb=[0.9, 0.44], shade=[0.8, 0.6])
    exchanged = [exchange("lamp", new) for new in ("light", "bulb", "bulb", "shade")]
    assert say_the_same(exchanged, [0.1, 0.1, 0.6, 0.9], encoder) == [True, False, True, False]
