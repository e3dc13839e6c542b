import math

import pytest
import torch
from torch import nn

from vae.data.array_batch import ArrayBatch
from vae.models.bernoulli import BernoulliVAE


@pytest.fixture
def make_model():
    """Makes a model of 3 values whose networks are single layers."""

    def make(**options):
        torch.manual_seed(0)
        return BernoulliVAE(nn.Linear(3, 4), nn.Linear(2, 3), width=4, dim=2, **options)

    return make


@pytest.fixture
def batch():
    return ArrayBatch(torch.tensor([[0.0, 1.0, 0.25], [1.0, 1.0, 0.5]]))


def test_nats_are_the_cross_entropy_of_values_between_0_and_1(make_model, batch):
    model = make_model()
    nn.init.zeros_(model.decoder.weight)
    model.decoder.bias.data = torch.tensor([0.0, math.log(3), -math.log(3)])  # probabilities 1/2, 3/4 and 1/4
    assert model.decode(torch.zeros(1, 1, 2))[0].tolist() == pytest.approx([0.5, 0.75, 0.25])
    of_quarter = 0.25 * math.log(4) + 0.75 * math.log(4 / 3)
    of_half = 0.5 * math.log(4) + 0.5 * math.log(4 / 3)
    expected = [math.log(2) + math.log(4 / 3) + cost for cost in (of_quarter, of_half)]
    assert model.nats(torch.randn(2, 1, 2), batch).tolist() == pytest.approx(expected)


def test_the_posterior_is_read_off_the_states_of_the_encoder(make_model, batch):
    model = make_model()
    mean, log_var = model.head.gaussian(model.encoder(batch.values)).chunk(2, -1)
    latents = model.posterior(batch)
    torch.testing.assert_close(latents.mean, mean[:, None])
    torch.testing.assert_close(latents.log_var, log_var[:, None])
    assert model.active(batch).tolist() == [[True], [True]]


def test_batch_norm_is_the_standard_deviation_of_the_posterior_means(make_model):
    values = torch.rand(50, 3, generator=torch.Generator().manual_seed(0))
    mean = make_model(batch_norm=2.0).posterior(ArrayBatch(values)).mean[:, 0]
    torch.testing.assert_close(mean.mean(0), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(mean.std(0, unbiased=False), torch.full((2,), 2.0), rtol=0.01, atol=0)


def test_only_the_decoder_is_a_part_of_the_decoder(make_model):
    model = make_model()
    assert model.decoder_parts() == [model.decoder]
