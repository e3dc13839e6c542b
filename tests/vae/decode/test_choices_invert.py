import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from vae.decode.choices import invert

LARGEST_BELOW_1 = 1 - 2**-24
MASS = torch.tensor([[0.0, 0.25, 0.25, 0.75, 1.0]])

uniforms = st.floats(0, LARGEST_BELOW_1, width=32)
weights = st.lists(st.one_of(st.just(0.0), st.floats(2**-20, 8, width=32)), min_size=1, max_size=9).filter(any)


@pytest.mark.parametrize(
    ("uniform", "place"), [(0.0, 1), (0.24, 1), (0.25, 3), (0.74, 3), (0.75, 4), (LARGEST_BELOW_1, 4)]
)
def test_a_place_is_drawn_as_often_as_it_has_mass(uniform, place):
    assert invert(MASS, torch.tensor([uniform])).tolist() == [place]


def test_the_total_mass_need_not_be_1():
    assert invert(4 * MASS, torch.tensor([0.74])).tolist() == [3]


def test_each_row_has_its_own_number():
    assert invert(MASS.expand(3, -1), torch.tensor([0.0, 0.5, 0.9])).tolist() == [1, 3, 4]


@given(weights, uniforms)
def test_the_place_is_the_first_whose_mass_exceeds_the_number(weights, uniform):
    mass = torch.tensor(weights).cumsum(0)
    exact = np.cumsum(np.array(weights, np.float64))
    assume(np.abs(exact / exact[-1] - uniform).min() > 1e-5)
    assert invert(mass[None], torch.tensor([uniform])).item() == np.searchsorted(exact, uniform * exact[-1], "right")


@given(weights, uniforms)
def test_a_place_without_mass_is_never_drawn(weights, uniform):
    place = invert(torch.tensor(weights).cumsum(0)[None], torch.tensor([uniform])).item()
    assert weights[place] > 0
