import math

import pytest
import torch

from vae.latent.gaussian import Latents
from vae.latent.strategies import interpolate, slerp

RIGHT, UP = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 2.0]])


def test_the_ends_are_the_two_latents_to_the_bit(noise, toward):
    assert torch.equal(slerp(noise, toward, 0.0), noise)
    assert torch.equal(slerp(noise, toward, 1.0), toward)


def test_steps_between_latents_of_one_length_turn_by_one_angle_and_keep_the_length():
    path = [slerp(RIGHT, UP, step / 6).flatten() for step in range(7)]
    assert [point.norm().item() for point in path] == pytest.approx([2.0] * 7)
    angles = [math.atan2(point[1], point[0]) for point in path]
    assert angles == pytest.approx([step / 6 * math.pi / 2 for step in range(7)], abs=1e-6)


def test_slots_turn_together():
    first, second = torch.cat([RIGHT, UP]), torch.cat([UP, RIGHT])
    middle = slerp(first, second, 0.5)
    assert middle.shape == (2, 2)
    assert middle.norm().item() == pytest.approx(first.norm().item())


@pytest.mark.parametrize("second", [RIGHT, 3 * RIGHT, -RIGHT, RIGHT + 1e-6])
def test_parallel_latents_are_interpolated_straight(second):
    torch.testing.assert_close(slerp(RIGHT, second, 0.25), 0.75 * RIGHT + 0.25 * second)


def test_the_angle_is_measured_over_all_slots_together():
    first, second = torch.cat([RIGHT, RIGHT]), torch.cat([RIGHT, UP])  # 60 degrees
    torch.testing.assert_close(slerp(first, second, 0.5), (first + second) / math.sqrt(3))


def test_latents_that_are_almost_opposite_are_joined_by_the_arc_too():
    second = 2 * torch.tensor([[math.cos(3.1), math.sin(3.1)]])
    assert slerp(RIGHT, second, 0.5).norm().item() == pytest.approx(2.0, rel=1e-4)


def test_a_latent_of_zeros_gives_no_nan():
    assert torch.equal(slerp(torch.zeros(1, 2), UP, 1.0), UP)


def test_each_segment_goes_its_own_share_of_its_own_arc(noise):
    means, partners = torch.stack([RIGHT, RIGHT, UP]), torch.stack([UP, UP, 3 * UP])
    points = interpolate(Latents(means, -means), noise, torch.tensor([1 / 3, 1.0, 0.5]), partners)
    a_third = torch.tensor([[2 * math.cos(math.pi / 6), 2 * math.sin(math.pi / 6)]])
    torch.testing.assert_close(points, torch.stack([a_third, UP, 2 * UP]))
