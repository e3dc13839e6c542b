import numpy as np
import pytest
import torch

from tokenizer.segments import cut
from tokenizer.tokenizer import EOS
from vae.decode.decoding import Decoding
from vae.guide import Guide
from vae.latent.noise import normal
from vae.text_vae import TextVAE
from vae.tries import Task, decode_tries, latents_around

RADII = (0.5, 0.9)
NEIGHBOUR = Guide(strategy="neighbour")


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


@pytest.fixture(scope="module")
def tasks(model, sentences):
    segments = [segment for text in cut(sentences[400:440], tokenizer=model.tokenizer, max_len=16) for segment in text]
    return [Task(segment, f"post-{number // 4}", number % 4) for number, segment in enumerate(segments)]


def test_latents_stand_task_by_task_one_a_radius_with_the_keys_of_their_noise(model, tasks):
    some = [tasks[5], tasks[2]._replace(number=3)]
    z, keys = latents_around(model, some, NEIGHBOUR, radii=(0.0, 0.5, 0.9), seed=7)
    assert keys == [(7, "post-1", 1, 0, 0), (7, "post-1", 1, 0, 1), (7, "post-1", 1, 0, 2)] + [
        (7, "post-0", 2, 3, number) for number in range(3)
    ]
    means = model.encode_ids([task.segment.ids for task in some]).mean
    assert z.shape == (6, *means.shape[1:])
    assert torch.equal(z[::3], means)
    for row, key in enumerate(keys):
        step = (z[row] - means[row // 3]).flatten()
        along = torch.from_numpy(normal(tuple(means.shape[1:]), key=key)).flatten()
        if row % 3:
            assert torch.cosine_similarity(step, along, dim=0) > 0.8
    among_others, _ = latents_around(model, tasks, NEIGHBOUR, radii=(0.0, 0.5, 0.9), seed=7)
    assert torch.equal(among_others[15:18], z[:3])


@pytest.fixture
def tried(model):
    def tried(tasks, *, radii=RADII, seed=0, guide=NEIGHBOUR, decoding=None, by=model):
        return decode_tries(by, tasks, guide, decoding or Decoding(), radii=radii, seed=seed)

    return tried


def test_each_task_has_a_try_for_each_radius_the_text_itself_at_0(tried, tasks):
    found = tried(tasks, radii=(0.0, 0.9, 0.0))
    assert {len(texts) for texts in found} == {3}
    same = [texts[0] == task.segment.protected.masked for texts, task in zip(found, tasks, strict=True)]
    assert sum(same) > 30
    assert all(first == last for first, _, last in found)
    assert sum(first != far for first, far, _ in found) > 30


def test_no_tasks_have_no_tries(tried):
    assert tried([]) == []


def test_the_tries_of_a_task_do_not_depend_on_the_others(tried, tasks):
    together = tried(tasks)
    assert tried(tasks[::-1]) == together[::-1]
    assert [tried([task])[0] for task in tasks[:5]] == together[:5]


@pytest.mark.parametrize("changed", [{"post": "another"}, {"place": 9}, {"number": 1}])
def test_post_place_and_number_have_noise_of_their_own(tried, tasks, changed):
    assert tried([tasks[0]._replace(**changed)], radii=(0.9,) * 4) != tried(tasks[:1], radii=(0.9,) * 4)


def test_tries_of_one_radius_differ_and_another_seed_gives_others(tried, tasks):
    found = tried(tasks[:1], radii=(0.9,) * 4)
    assert len(set(found[0])) > 1
    assert tried(tasks[:1], radii=(0.9,) * 4, seed=1) != found


def test_a_try_without_an_end_is_empty(tried, tasks, make_module, tokenizer, model):
    module = make_module(vocab_size=tokenizer.vocab_size)
    module.bias[EOS] = -100.0
    assert tried(tasks[:3], by=TextVAE(module, tokenizer, model.settings)) == [["", ""]] * 3


@pytest.mark.parametrize("method", ["temperature", "top-k", "top-p", "mbr", "beam"])
def test_every_way_of_decoding_gives_the_same_tries_again(tried, tasks, method):
    decoding = Decoding(method=method, temperature=1.5)
    found = tried(tasks, decoding=decoding)
    assert [tried([task], decoding=decoding)[0] for task in tasks[:3]] == found[:3]
    assert found != tried(tasks)


def test_banned_words_and_a_length_are_held(tried, tasks):
    assert any("cleans" in text.split() for texts in tried(tasks) for text in texts)
    found = tried(tasks, decoding=Decoding(banned=("cleans",), length_ratio=0.1))
    words = [text.split() for texts in found for text in texts]
    assert not any("cleans" in {word.strip(".") for word in each} for each in words)
    assert np.mean([len(each) for each in words]) < 5


def test_texts_are_decoded_with_the_labels(tried, tasks, make_module, tokenizer, model):
    module = make_module(labels=[2], vocab_size=tokenizer.vocab_size)
    module.bias[EOS] = 4.0
    labelled = TextVAE(module, tokenizer, model.settings, labels={"author": ["Ann", "Ben"]})
    plain, ann, ben = (
        tried(tasks, by=labelled, guide=Guide(strategy="neighbour", labels=labels))
        for labels in (None, {"author": "Ann"}, {"author": "Ben"})
    )
    assert plain != ann
    assert ann != ben


def test_latents_go_where_the_guide_leads(tried, tasks, model):
    """A step of 1 along a direction of length 1, without noise."""
    direction = torch.randn(8, 8, generator=torch.Generator().manual_seed(0))
    direction /= direction.square().mean().sqrt()
    (found,) = tried(tasks[:1], guide=Guide(strategy="attribute", direction=direction), radii=(0.0, 1.0))
    mean = model.encode_ids([tasks[0].segment.ids]).mean
    assert found == model.decode(torch.cat([mean, mean + direction]))
