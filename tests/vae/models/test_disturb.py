import pytest
import torch

from vae.models.disturb import add_noise, drop_slots

MISSING = torch.tensor([5.0, -5.0, 2.5])


@pytest.fixture
def z():
    torch.manual_seed(0)
    return torch.randn(2000, 4, 3)


def test_noise_has_the_deviation_asked_for(z):
    noise = add_noise(z, 0.3) - z
    assert noise.mean().item() == pytest.approx(0.0, abs=0.01)
    assert noise.std().item() == pytest.approx(0.3, rel=0.02)


def test_slots_are_dropped_whole_in_the_share_asked_for(z):
    dropped = drop_slots(z, 0.3, MISSING)
    gone = (dropped == MISSING).all(-1)
    assert gone.float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert torch.equal(dropped[~gone], z[~gone])
    assert 0.08 < (gone[:, 0] & gone[:, 1]).float().mean().item() < 0.1  # each for itself


def test_share_0_is_nothing_and_share_1_is_all(z):
    assert torch.equal(add_noise(z, 0.0), z)
    assert torch.equal(drop_slots(z, 0.0, MISSING), z)
    assert (drop_slots(z, 1.0, MISSING) == MISSING).all()


def test_the_missing_value_learns_from_the_slots_it_stands_for(z):
    missing = MISSING.clone().requires_grad_()
    dropped = drop_slots(z, 0.3, missing)
    dropped.sum().backward()
    assert missing.grad.tolist() == [(dropped == MISSING).all(-1).sum().item()] * 3
