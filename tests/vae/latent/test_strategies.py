import math

import pytest
import torch

from vae.latent.strategies import STRATEGIES

WITH_RADIUS = [name for name, strategy in STRATEGIES.items() if strategy.has_radius]
RADII = torch.tensor([0.0, 0.3, 1.0])


def test_there_are_six_strategies():
    assert list(STRATEGIES) == ["neighbour", "posterior", "interpolate", "resample-slots", "attribute", "prior"]
    assert [name for name, strategy in STRATEGIES.items() if strategy.name != name] == []


def test_toward_is_named_for_every_strategy_that_reads_it():
    toward = {name: strategy.toward for name, strategy in STRATEGIES.items() if strategy.toward}
    assert toward == {
        "interpolate": "partner",
        "resample-slots": "prior",
        "attribute": "direction",
        "prior": "prior",
    }


def test_a_radius_that_is_a_share_is_at_most_1_and_any_other_is_unlimited():
    largest = {name: strategy.largest_radius for name, strategy in STRATEGIES.items()}
    assert largest == {
        "neighbour": math.inf,
        "posterior": math.inf,
        "interpolate": 1.0,
        "resample-slots": 1.0,
        "attribute": math.inf,
        "prior": None,
    }


@pytest.mark.parametrize("name", WITH_RADIUS)
def test_radius_0_is_the_mean_to_the_bit(posteriors, noise, toward, name):
    assert torch.equal(STRATEGIES[name].step(posteriors, noise, torch.zeros(3), toward), posteriors.mean)


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_row_does_not_depend_on_the_rows_beside_it(posteriors, noise, toward, name):
    step = STRATEGIES[name].step
    together = step(posteriors, noise, RADII, toward)
    alone = [
        step(posteriors[row : row + 1], noise[row : row + 1], RADII[row : row + 1], toward[row : row + 1])
        for row in range(3)
    ]
    torch.testing.assert_close(together, torch.cat(alone))


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_same_noise_gives_the_same_latents(posteriors, noise, toward, name):
    first, again = (STRATEGIES[name].step(posteriors, noise, RADII, toward) for _ in range(2))
    assert torch.equal(first, again)


@pytest.mark.parametrize("name", ["neighbour", "posterior", "attribute"])
def test_the_length_of_a_step_is_proportional_to_the_radius(posteriors, noise, toward, name):
    steps = STRATEGIES[name].step(posteriors, noise, RADII, toward) - posteriors.mean
    steps_of_radius_1 = STRATEGIES[name].step(posteriors, noise, torch.ones(3), toward) - posteriors.mean
    torch.testing.assert_close(steps, RADII[:, None, None] * steps_of_radius_1)
