import math

import pytest
import torch

from vae.evaluation.likelihood import importance_weighted_nll
from vae.models.configs import DenseConfig
from vae.models.dense import BagBatch, DenseVAE


@pytest.fixture
def module():
    torch.manual_seed(0)
    return DenseVAE(DenseConfig(inputs=20, hidden=16, dim=4)).eval()


@pytest.fixture
def batch():
    return BagBatch((torch.rand(3, 20, generator=torch.Generator().manual_seed(0)) < 0.3).float())


def test_the_default_has_a_hidden_layer_of_512_units_on_either_side_of_a_latent_of_32():
    layers = [tuple(weight.shape) for weight in DenseVAE(DenseConfig()).parameters() if weight.ndim == 2]
    assert layers == [(512, 2000), (512, 32), (2000, 512), (2 * 32, 512)]


def test_the_latent_is_one_slot(module, batch):
    latents = module.posterior(batch)
    assert latents.mean.shape == latents.log_var.shape == (3, 1, 4)
    assert module.active(batch).tolist() == [[True]] * 3
    assert module.decode(latents.mean).shape == (3, 20)


def test_nats_are_those_of_the_decoded_probabilities(module, batch):
    z = torch.randn(3, 1, 4)
    probabilities = module.decode(z)
    of_values = torch.where(batch.values == 1, probabilities, 1 - probabilities)
    torch.testing.assert_close(module.nats(z, batch), -of_values.log().sum(1))


def test_a_decoder_with_zero_weights_costs_ln_2_for_each_word(module, batch):
    for weight in module.decoder.parameters():
        torch.nn.init.zeros_(weight)
    assert module.nats(torch.randn(3, 1, 4), batch).tolist() == pytest.approx([20 * math.log(2)] * 3)


def test_the_parts_of_the_decoder_are_those_of_the_decoder_module(module):
    parts = {id(weight) for part in module.decoder_parts() for weight in part.parameters()}
    assert {name.partition(".")[0] for name, weight in module.named_parameters() if id(weight) in parts} == {"decoder"}


def test_the_importance_weighted_likelihood_is_exact_where_it_is_known(module, batch):
    # With a decoder that ignores z and a posterior that is the prior, p(x) is exact: each word is a fair coin.
    for weight in module.parameters():
        torch.nn.init.zeros_(weight)
    nll = importance_weighted_nll(module, batch, samples=7, seed=0)
    assert nll.tolist() == pytest.approx([20 * math.log(2)] * 3)
