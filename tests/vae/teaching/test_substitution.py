import pytest
import torch

from vae.models.configs import MaskedConfig
from vae.models.masked import MaskedVAE
from vae.teaching.infilling import Example
from vae.teaching.substitutes import Judged
from vae.teaching.substitution import better, first_choices, written

OLD, LIKELY, NEXT, RARE = 30, 31, 32, 33


@pytest.fixture
def module():
    """A model that finds LIKELY likeliest in every place, then NEXT, then OLD."""
    config = MaskedConfig(width=8, heads=2, encoder_layers=1, decoder_layers=1, run=4, dim=4, usage=3, meaning=2)
    module = MaskedVAE(config, vocab_size=40, max_len=16).eval().requires_grad_(requires_grad=False)
    module.embedding.weight.zero_()
    module.bias.zero_()
    module.bias[[LIKELY, NEXT, OLD]] = torch.tensor([6.0, 5.0, 4.0])
    return module


def example(*wanted, old=OLD):
    source = (*range(10, 17), *[old] * len(wanted))
    ids = (*range(10, 17), *(next(iter(each)) for each in wanted))
    return Example(source=source, ids=ids, first=7, wanted=wanted)


def test_the_authors_pieces_are_ranked_without_the_old_ones(module):
    examples = [example({LIKELY: 1.0}), example({RARE: 1.0}), example({NEXT: 1.0}, {OLD: 1.0}), example({NEXT: 1.0})]
    measured = written(module, examples, seed=0)
    assert set(measured) == {"word, level 1.0", "word, level 1.6", "phrase, level 1.0", "phrase, level 1.6"}
    word, phrase = measured["word, level 1.0"], measured["phrase, level 1.6"]
    assert (word["pieces"], word["first"]) == (3, pytest.approx(1 / 3, abs=1e-4))
    assert word["first_5"] == pytest.approx(1.0)
    assert (phrase["pieces"], phrase["first"]) == (1, 0.0)
    rest = torch.logsumexp(torch.tensor([6.0, 5.0, *[0.0] * 37]), 0)
    assert phrase["nats"] == pytest.approx(float(rest) - 5, abs=1e-3)


def test_a_choice_is_the_likeliest_of_the_judged_pieces(module):
    judged = [
        Judged(example({NEXT: 1.0, RARE: 1.0}), {NEXT: 0.6, RARE: 0.1}),
        Judged(example({NEXT: 1.0, RARE: 1.0}), {NEXT: 0.4, RARE: 0.9}),
        Judged(example({LIKELY: 1.0, NEXT: 1.0}), {LIKELY: 0.5, NEXT: 0.0}),
    ]
    measured = first_choices(module, judged, seed=0)
    assert measured == {f"level {level}": {"targets": 3, "accepted": 0.6667} for level in (1.0, 1.6)}


@pytest.mark.parametrize(
    ("first", "nats", "is_better"), [(0.3, 1.0, True), (0.3, 1.06, False), (0.2, 0.9, False), (0.1, 0.9, False)]
)
def test_weights_are_better_if_they_write_more_as_people_do_and_forgot_little(first, nats, is_better):
    before = {"rewordings": {"word": {"first": 0.2}}, "prose": {"15%": 1.0, "100%": 0.1}}
    after = {"rewordings": {"word": {"first": first}}, "prose": {"15%": nats, "100%": 0.1}}
    assert better(before, after, forgotten=0.05) is is_better
