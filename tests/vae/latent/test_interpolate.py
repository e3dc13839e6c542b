import math

import pytest
import torch

from vae.latent.interpolate import slerp

RIGHT, UP = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 2.0]])


def test_the_ends_are_the_two_latents():
    generator = torch.Generator().manual_seed(0)
    first, second = torch.randn(3, 4, generator=generator), torch.randn(3, 4, generator=generator)
    torch.testing.assert_close(slerp(first, second, 0.0), first)
    torch.testing.assert_close(slerp(first, second, 1.0), second)


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
