import pytest
import torch

from tokenizer.segments import cut
from vae.variation.guide import Guide
from vae.variation.perturbed_latents import perturbed_latents
from vae.variation.sampling import Sampling
from vae.variation.task import Task


@pytest.fixture(scope="module")
def tasks(fills, sentences):
    segments = cut(sentences[450:453], tokenizer=fills.tokenizer, max_len=fills.max_len)
    return [Task(segment, "post", place) for place, (segment,) in enumerate(segments)]


@pytest.fixture(scope="module")
def guide(fills):
    return Guide.of(fills, Sampling())


def test_the_level_of_a_latent_is_its_distance_in_the_slots_in_use(fills, tasks, guide):
    radii = [0.0, 0.5, 1.6]
    moved, keys = perturbed_latents(fills, tasks, guide, radii=radii, seed=0)
    assert moved.z.shape == (9, fills.module.slots, fills.module.dim)
    assert len(set(keys)) == 9
    means = fills.read_ids([task.segment.ids for task in tasks]).mean
    for number, task in enumerate(tasks):
        used = int(fills.module.active_slots(torch.tensor([len(task.segment.ids) + 1])).sum())
        for place, radius in enumerate(radii):
            row = 3 * number + place
            away = (moved.z[row] - means[number])[:used].square().mean().sqrt()
            assert moved.levels[row].item() == pytest.approx(away.item(), abs=1e-5)
            assert away.item() == pytest.approx(radius, rel=0.35)


def test_noise_follows_from_seed_post_place_and_number(fills, tasks, guide):
    def z(task, seed=0):
        return perturbed_latents(fills, [task], guide, radii=[1.0], seed=seed)[0].z

    task = tasks[0]
    assert torch.equal(z(task), z(task._replace(category="tea")))
    others = [task._replace(post="other"), task._replace(place=5), task._replace(number=1)]
    assert all(not torch.equal(z(other), z(task)) for other in others)
    assert not torch.equal(z(task, seed=1), z(task))


def test_other_pieces_than_those_of_the_segment_may_be_encoded(fills, tasks, guide):
    rows = [[*tasks[1].segment.ids]]
    own = perturbed_latents(fills, tasks[:1], guide, radii=[0.0], seed=0, rows=rows)[0]
    torch.testing.assert_close(own.z, fills.read_ids(rows).mean)
