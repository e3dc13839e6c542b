from dataclasses import replace

import pytest
import torch

from tokenizer.segments import cut
from vae.text_vae import TextVAE
from vae.variation.context_window import windows
from vae.variation.guide import Guide
from vae.variation.place_scores import NEAR, near_and_far, place_scores
from vae.variation.sampling import Sampling
from vae.variation.task import Task

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["recurrent", "masked"])
def model(request):
    return TextVAE.load(request.getfixturevalue({"recurrent": "trained", "masked": "filling"}[request.param]))


@pytest.fixture(scope="module")
def task(model):
    ((segment,),) = cut(["The quiet cat paints dogs."], tokenizer=model.tokenizer, max_len=model.max_len)
    return Task(segment, "post", 0)


def scores(model, task, places, *, seed=0, rows=None):
    window = windows([task.segment.ids] if rows is None else rows, max_len=model.max_len)[0]
    return place_scores(model, task, window, places, Guide.of(model, Sampling()), seed=seed)


def test_each_place_has_a_distribution_over_the_vocabulary(model, task):
    for log_p in scores(model, task, [0, 2, 3]):
        assert log_p.shape == (3, model.module.vocab_size)
        torch.testing.assert_close(log_p.exp().sum(1), torch.ones(3), rtol=1e-4, atol=1e-4)


def test_noise_follows_from_seed_and_post(model, task):
    assert torch.equal(scores(model, task, [2]).far, scores(model, task, [2]).far)
    assert not torch.equal(scores(model, task, [2]).far, scores(model, task, [2], seed=1).far)
    assert not torch.equal(scores(model, task, [2]).far, scores(model, task._replace(post="other"), [2]).far)


def test_a_masked_decoder_knows_a_word_better_from_near_latents(fills):
    text = "Then the cat painted the quiet dog."
    ((segment,),) = cut([text], tokenizer=fills.tokenizer, max_len=fills.max_len)
    places = list(range(len(segment.ids)))
    of_seeds = [scores(fills, Task(segment, "post", 0), places, seed=seed) for seed in range(8)]
    near, far = (torch.stack(log_p) for log_p in zip(*of_seeds, strict=True))
    own = torch.tensor(segment.ids)[None, :, None].expand(8, -1, -1)
    assert near.gather(2, own).mean() > far.gather(2, own).mean()


def test_a_place_is_counted_from_the_beginning_of_its_segment(fills):
    ((segment,),) = cut(["The quiet cat paints dogs."], tokenizer=fills.tokenizer, max_len=fills.max_len)
    window = windows([segment.ids[:3], segment.ids[:6]], max_len=fills.max_len)[1]
    assert window.start > 0
    task, guide = Task(segment, "post", 1), Guide.of(fills, Sampling())
    by_segment = place_scores(fills, task, window, [0, 1], guide, seed=0)
    by_window = place_scores(fills, task, replace(window, start=0), [window.start, window.start + 1], guide, seed=0)
    torch.testing.assert_close(by_segment, by_window)


def test_the_radii_are_those_of_the_strategy(fills):
    near, far = near_and_far(fills, Guide.of(fills, Sampling()))
    assert near == pytest.approx(NEAR)
    assert near < far
