import pytest
import torch

from vae.data.text_batch import TextBatch
from vae.evaluation.negative_elbo import negative_elbo
from vae.settings import DEFAULTS
from vae.text_vae import TextVAE


@pytest.fixture(scope="module")
def model(make_module, tokenizer):
    return TextVAE(make_module(vocab_size=tokenizer.vocab_size), tokenizer, DEFAULTS)


def noise_for(model, rows, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(len(rows), model.module.slots, model.module.dim, generator=generator)


def test_it_is_the_sum_of_reconstruction_and_kl_with_one_sample(model, rows, make_texts):
    noise = noise_for(model, rows[:3])
    latents, nats = negative_elbo(model, rows[:3], noise=noise)
    ids, _ = make_texts(1, 1, 1)
    lengths = torch.tensor([len(row) + 1 for row in rows[:3]])
    for place, row in enumerate(rows[:3]):
        ids[place, : len(row) + 1] = torch.tensor([*row, 3])
    batch = TextBatch.of(ids, lengths)
    posterior = model.module.posterior(batch)
    expected = model.module.nats(posterior.sample(noise), batch) + model.module.prior.kl(posterior).sum((1, 2))
    assert torch.allclose(nats, expected, atol=1e-4)
    assert torch.allclose(latents.mean, posterior.mean, atol=1e-6)


def test_a_text_has_the_same_figure_alone_and_among_others(model, rows):
    many = rows[: model.module.encode_rows + 6]
    noise = noise_for(model, many)
    _, together = negative_elbo(model, many, noise=noise)
    alone = [negative_elbo(model, [row], noise=noise[place : place + 1])[1] for place, row in enumerate(many)]
    assert torch.allclose(together, torch.cat(alone), atol=1e-4)


def test_other_noise_gives_another_figure_and_the_same_posterior(model, rows):
    first, second = (negative_elbo(model, rows[:4], noise=noise_for(model, rows[:4], seed)) for seed in (0, 1))
    assert torch.equal(first[0].mean, second[0].mean)
    assert not torch.isclose(first[1], second[1]).any()


def test_encoder_and_decoder_are_given_the_labels(make_module, tokenizer, rows):
    module = make_module(vocab_size=tokenizer.vocab_size, labels=[2])
    model = TextVAE(module, tokenizer, DEFAULTS, labels={"category": ["tea", "birds"]})
    noise = noise_for(model, rows[:3])
    label_ids = torch.tensor([[1], [2], [0]])
    (labelled, nats), (plain, plain_nats) = (
        negative_elbo(model, rows[:3], noise=noise, conditions=conditions) for conditions in (label_ids, None)
    )
    changed = (labelled.mean != plain.mean).flatten(1).any(1)
    assert changed.tolist() == [True, True, False]
    assert torch.isclose(nats, plain_nats).tolist() == [False, False, True]
