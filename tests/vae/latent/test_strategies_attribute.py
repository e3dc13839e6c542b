import math

import pytest
import torch

from vae.errors import UserError
from vae.latent.gaussian import Latents
from vae.latent.noise import normal
from vae.latent.strategies import attribute, direction

SLOTS, DIM = 4, 8


@pytest.fixture(scope="module")
def unit():
    """A direction at root mean square 1."""
    drawn = torch.from_numpy(normal((SLOTS, DIM), key=("direction",)))
    return drawn / drawn.square().mean().sqrt()


def steps(noise, radius, toward):
    means = torch.zeros_like(noise)
    return attribute(Latents(means, means), noise, torch.full((len(noise),), radius), toward.expand_as(noise))


def test_strength_1_steps_along_the_direction_alone(unit):
    noise = torch.from_numpy(normal((3, SLOTS, DIM), key=("noise",)))
    moved = steps(noise, 0.7, unit)
    torch.testing.assert_close(moved, 0.7 * unit.expand_as(moved), atol=1e-3, rtol=0)
    assert moved.flatten(1).norm(dim=1).tolist() == pytest.approx([0.7 * math.sqrt(SLOTS * DIM)] * 3, rel=1e-3)


def test_strength_0_is_a_neighbour():
    noise = torch.from_numpy(normal((3, SLOTS, DIM), key=("noise",)))
    assert torch.equal(steps(noise, 0.7, torch.zeros(SLOTS, DIM)), 0.7 * noise)


def test_strength_sets_the_share_of_the_direction_but_not_the_length_of_a_step(unit):
    noise = torch.from_numpy(normal((4000, SLOTS, DIM), key=("noise",)))
    moved = steps(noise, 0.5, 0.6 * unit)
    torch.testing.assert_close(moved, 0.5 * (0.8 * noise + 0.6 * unit))
    assert moved.square().mean().sqrt().item() == pytest.approx(0.5, rel=0.01)


def test_the_direction_leads_from_the_mean_without_the_label_to_the_mean_with_it():
    means = torch.tensor([[[1.0, 0.0]], [[3.0, 2.0]], [[0.0, 0.0]], [[0.0, 0.0]], [[0.0, 6.0]]])
    # The step from (0, 2) to (2, 1), at root mean square 1.
    expected = torch.tensor([[2.0, -1.0]]) / math.sqrt(2.5)
    torch.testing.assert_close(direction(means, torch.tensor([True, True, False, False, False])), expected)


@pytest.mark.parametrize("has_label", [[True, True], [False, False]])
def test_a_label_that_all_texts_or_none_have_gives_no_direction(has_label):
    with pytest.raises(UserError, match="texts with the label and texts without it"):
        direction(torch.randn(2, SLOTS, DIM), torch.tensor(has_label))


def test_a_label_that_makes_no_difference_gives_no_direction():
    with pytest.raises(UserError, match="no direction"):
        direction(torch.ones(4, SLOTS, DIM), torch.tensor([True, False, True, False]))
