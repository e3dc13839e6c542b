import pytest
import torch

from vae.models.configs import ImageConfig
from vae.models.image import ImageBatch, ImageVAE


@pytest.fixture
def make_image_model():
    def make(**changes):
        torch.manual_seed(0)
        return ImageVAE(ImageConfig(channels=(4, 6), **changes))

    return make


@pytest.fixture
def batch():
    return ImageBatch(torch.rand(5, 28, 28, generator=torch.Generator().manual_seed(0)))


def test_the_layers_are_those_of_the_classical_example():
    model = ImageVAE(ImageConfig())
    shapes = [tuple(weight.shape) for weight in model.parameters() if weight.ndim > 1]
    assert shapes == [
        (32, 1, 3, 3),
        (64, 32, 3, 3),
        (16, 7 * 7 * 64),
        (7 * 7 * 64, 2),
        (64, 64, 3, 3),
        (64, 32, 3, 3),
        (32, 1, 3, 3),
        (2 * 2, 16),
    ]


def test_an_image_is_encoded_to_one_gaussian_and_decoded_to_an_image(make_image_model, batch):
    model = make_image_model(dim=3)
    latents = model.posterior(batch)
    assert latents.mean.shape == (5, 1, 3)
    rebuilt = model.decode(latents.mean)
    assert rebuilt.shape == (5, 28, 28)
    assert ((rebuilt > 0) & (rebuilt < 1)).all()


def test_nats_are_summed_over_the_pixels_of_each_image(make_image_model, batch):
    model, z = make_image_model(), torch.randn(5, 1, 2)
    probabilities = model.decode(z)
    log_p = batch.values * probabilities.log() + (1 - batch.values) * (1 - probabilities).log()
    torch.testing.assert_close(model.nats(z, batch), -log_p.sum((1, 2)))


def test_the_encoder_reads_every_pixel_of_its_own_image_and_none_of_the_others(make_image_model, batch):
    model = make_image_model().double().eval()
    values = batch.values.double().requires_grad_(requires_grad=True)
    model.encoder[-1] = torch.nn.Identity()  # a unit below 0 would have no gradient
    model.posterior(ImageBatch(values)).mean[2].sum().backward()
    assert (values.grad[2] != 0).all()
    assert (values.grad[[0, 1, 3, 4]] == 0).all()


def test_batch_norm_puts_the_means_on_the_scale_of_the_prior(make_image_model, batch):
    mean = make_image_model(batch_norm=1.0).posterior(batch).mean[:, 0]
    torch.testing.assert_close(mean.mean(0), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(mean.std(0, unbiased=False), torch.ones(2), atol=0.05, rtol=0)


def test_batch_norm_keeps_every_unit_of_the_dense_layer_active(make_image_model, batch):
    active = {}
    for scale in (0.0, 1.0):
        model = make_image_model(batch_norm=scale)
        linear = model.encoder[6]
        torch.nn.init.constant_(linear.bias, -100.0)  # as far below 0 as a bad first step may put them
        active[scale] = int((model.encoder(batch.values) > 0).any(0).sum())
    assert active == {0.0: 0, 1.0: 16}
