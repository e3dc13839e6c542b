import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vae.latent.gaussian import Latents
from vae.latent.noise import normal
from vae.latent.strategies import resample_slots

MANY, SLOTS, DIM = 4000, 8, 3


def resampled(noise, radius):
    """Returns which slots were resampled, (n, slots). The means are 9, and the draws from the prior are the noise."""
    means = torch.full_like(noise, 9.0)
    z = resample_slots(Latents(means, torch.zeros_like(noise)), noise, torch.full((len(noise),), radius), noise)
    new, kept = (z == noise).all(2), (z == means).all(2)
    assert (new ^ kept).all()
    return new


@pytest.fixture(scope="module")
def many():
    return torch.from_numpy(normal((MANY, SLOTS, DIM), key=("slots",)))


@pytest.mark.parametrize("count", range(SLOTS + 1))
def test_a_share_that_is_a_whole_number_of_slots_is_resampled_exactly(many, count):
    assert (resampled(many, count / SLOTS).sum(1) == count).all()


def test_any_other_share_is_right_on_average(many):
    counts = resampled(many, 0.3).sum(1)  # 2.4 of 8
    assert set(counts.tolist()) == {2, 3}
    assert counts.double().mean().item() == pytest.approx(2.4, abs=0.03)


def test_every_slot_is_equally_likely_to_be_resampled(many):
    assert resampled(many, 0.25).double().mean(0).tolist() == pytest.approx([0.25] * SLOTS, abs=0.03)


def test_the_resampled_slots_have_the_moments_of_the_prior(many):
    drawn = many[resampled(many, 0.25)]
    assert len(drawn) == MANY * 2
    assert drawn.mean(0).tolist() == pytest.approx([0.0] * DIM, abs=0.04)
    assert drawn.std(0).tolist() == pytest.approx([1.0] * DIM, abs=0.03)
    assert (drawn[:, 0].abs() < 0.6745).double().mean().item() == pytest.approx(0.5, abs=0.02)  # the quartiles


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_radius_resamples_the_same_slots_and_more(seed, one, other):
    noise = torch.from_numpy(normal((2, SLOTS, DIM), key=(seed,)))
    small, large = (resampled(noise, radius) for radius in sorted((one, other)))
    assert (small <= large).all()


def test_a_single_slot_is_resampled_as_often_as_the_share_says():
    noise = torch.from_numpy(normal((MANY, 1, DIM), key=("slot",)))
    assert resampled(noise, 0.3).double().mean().item() == pytest.approx(0.3, abs=0.03)
