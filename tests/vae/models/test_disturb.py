import pytest
import torch

from vae.models.disturb import add_noise, drop_slots

MISSING = torch.tensor([5.0, -5.0, 2.5])


@pytest.fixture
def z():
    torch.manual_seed(0)
    return torch.randn(2000, 4, 3)


def test_noise_has_the_given_standard_deviation(z):
    noise = add_noise(z, 0.3) - z
    assert noise.mean().item() == pytest.approx(0.0, abs=0.01)
    assert noise.std().item() == pytest.approx(0.3, rel=0.02)


def test_the_given_share_of_slots_is_dropped_whole(z):
    dropped = drop_slots(z, 0.3, MISSING)
    missing = (dropped == MISSING).all(-1)
    assert missing.float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert torch.equal(dropped[~missing], z[~missing])
    assert 0.08 < (missing[:, 0] & missing[:, 1]).float().mean().item() < 0.1  # slots are dropped independently


def test_share_0_changes_nothing_and_share_1_drops_all_slots(z):
    assert torch.equal(add_noise(z, 0.0), z)
    assert torch.equal(drop_slots(z, 0.0, MISSING), z)
    assert (drop_slots(z, 1.0, MISSING) == MISSING).all()


def test_the_missing_value_gets_the_gradients_of_the_slots_it_replaces(z):
    missing = MISSING.clone().requires_grad_()
    dropped = drop_slots(z, 0.3, missing)
    dropped.sum().backward()
    assert missing.grad.tolist() == [(dropped == MISSING).all(-1).sum().item()] * 3
