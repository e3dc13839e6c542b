from dataclasses import FrozenInstanceError

import pytest

from vae.latent.strategies import STRATEGIES
from vae.variation.sampling import KEEPABLE, NAMES, TERMS, Sampling


def test_by_default_names_and_terms_stay_and_a_known_strategy_moves_latents_in_all_segments():
    sampling = Sampling()
    assert set(KEEPABLE) == {NAMES, TERMS} == sampling.keep
    assert STRATEGIES[sampling.strategy].has_radius
    assert sampling.vary_share == 1.0


def test_samplings_of_the_same_settings_are_equal_and_cannot_be_changed():
    sampling = Sampling(seed=3, required=("tea",))
    assert sampling == Sampling(seed=3, required=("tea",)) != Sampling(seed=4, required=("tea",))
    with pytest.raises(FrozenInstanceError):
        sampling.seed = 4
