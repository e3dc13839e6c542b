"""Tests of what all models inherit, with the smallest model that there is."""

import copy
from functools import partial

import pytest
import torch
from torch import nn

from vae.data.array_batch import ArrayBatch
from vae.data.text_batch import TextBatch
from vae.models.prior import Prior
from vae.models.vae import VAE
from vae.settings import ObjectiveSettings


class SmallVAE(VAE):
    """A model of two slots of dimension 1 whose `nats` is counted as compiled."""

    compiles = ("nats",)

    def __init__(self):
        super().__init__()
        self.slots, self.dim, self.prior = 2, 1, Prior(2, 1)
        self.missing = nn.Parameter(torch.tensor([7.0]))

    def posterior(self, batch):
        raise NotImplementedError

    def nats(self, z, batch):
        return z.flatten(1).sum(1)

    def active(self, batch):
        raise NotImplementedError

    def decoder_parts(self):
        return []


@pytest.fixture
def model():
    return SmallVAE()


@pytest.fixture
def z():
    return torch.randn(1000, 2, 1, generator=torch.Generator().manual_seed(0))


def test_without_disturbances_the_decoder_reads_latents_and_batch_as_they_are(model, z):
    batch = ArrayBatch(torch.rand(1000, 3))
    settings = ObjectiveSettings(latent_noise=0.0, slot_dropout=0.0, word_dropout=0.0)
    disturbed, same = model.disturb(z, batch, settings)
    assert torch.equal(disturbed, z)
    assert torch.equal(same.values, batch.values)


def test_dropped_slots_are_the_missing_value_without_noise_and_the_others_get_noise(model, z):
    torch.manual_seed(0)
    settings = ObjectiveSettings(latent_noise=0.5, slot_dropout=0.3, word_dropout=0.0)
    disturbed, _ = model.disturb(z, ArrayBatch(torch.rand(1000, 3)), settings)
    missing = disturbed == 7.0
    assert missing.float().mean().item() == pytest.approx(0.3, abs=0.03)
    assert (disturbed - z)[~missing].std().item() == pytest.approx(0.5, rel=0.1)


def test_inputs_of_the_decoder_are_hidden_by_word_dropout(model, z, make_texts):
    torch.manual_seed(0)
    batch = TextBatch.of(*make_texts(9, 5))
    settings = ObjectiveSettings(latent_noise=0.0, slot_dropout=0.0, word_dropout=1.0)
    _, hidden = model.disturb(z[:2], batch, settings)
    assert torch.equal(hidden.ids, batch.ids)
    assert (hidden.inputs != batch.inputs).any()


@pytest.fixture
def compiled_names(monkeypatch):
    """The names of the methods that were compiled; compiling wraps a method and does nothing else."""
    names = []

    def compile_method(method):
        names.append(method.__name__)
        return partial(method)

    monkeypatch.setattr(torch, "compile", compile_method)
    return names


def test_methods_are_compiled_within_the_context_alone(model, z, compiled_names):
    own = model.nats
    with model.compiled():
        assert compiled_names == ["nats"]
        assert model.nats != own
        assert torch.equal(model.nats(z, None), own(z, None))
    assert model.nats == own


def test_methods_are_restored_if_the_context_fails(model, compiled_names):
    own = model.nats
    with pytest.raises(KeyError), model.compiled():
        raise KeyError
    assert compiled_names == ["nats"]
    assert model.nats == own


@pytest.mark.usefixtures("compiled_names")
def test_a_copy_made_after_compiling_calls_its_own_methods(model):
    with model.compiled():
        pass
    assert copy.deepcopy(model).nats.__self__ is not model
