import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae.decode.picks import greedy, sample

HALVES = torch.log(torch.tensor([0.125, 0.5, 0.125, 0.25]))
LARGEST_BELOW_1 = 1 - 2**-24

scores = arrays(np.int8, 6, elements=st.integers(-24, 24)).map(lambda row: torch.from_numpy(row) / 4)
uniforms = st.floats(0, LARGEST_BELOW_1, width=32)


def pick(row, uniform, *, temperature=1.0, top_p=1.0):
    return sample(row[None], torch.tensor([uniform]), temperature=temperature, top_p=top_p).item()


@pytest.mark.parametrize(
    ("uniform", "piece"), [(0.0, 1), (0.49, 1), (0.51, 3), (0.74, 3), (0.76, 0), (0.86, 0), (0.88, 2), (0.999, 2)]
)
def test_a_pick_inverts_the_distribution_best_piece_first_and_ties_by_id(uniform, piece):
    assert pick(HALVES, uniform) == piece


@pytest.mark.parametrize(
    ("top_p", "uniform", "piece"),
    [
        (0.4, 0.999, 1),
        (0.6, 0.66, 1),
        (0.6, 0.67, 3),
        (0.6, 0.999, 3),
        (0.8, 0.57, 1),
        (0.8, 0.85, 3),
        (0.8, 0.87, 0),
        (0.8, 0.999, 0),
    ],
)
def test_top_p_shares_the_mass_among_the_smallest_set_that_reaches_it(top_p, uniform, piece):
    assert pick(HALVES, uniform, top_p=top_p) == piece


@given(scores, uniforms, st.floats(0.2, 2.0))
def test_a_pick_is_where_the_cumulative_distribution_passes_the_number(row, uniform, temperature):
    probabilities = torch.softmax(row.double() / temperature, 0).numpy()
    order = np.argsort(-probabilities, kind="stable")
    mass = probabilities[order].cumsum()
    assume(np.abs(mass - uniform).min() > 1e-5)
    picked = pick(row, uniform, temperature=temperature)
    assert probabilities[picked] == pytest.approx(probabilities[order[np.searchsorted(mass, uniform)]])


@given(scores, uniforms, st.floats(0.01, 0.99))
def test_a_pick_is_of_the_top_p_set(row, uniform, top_p):
    probabilities = torch.softmax(row.double(), 0).numpy()
    order = np.argsort(-probabilities, kind="stable")
    better = dict(zip(order.tolist(), probabilities[order].cumsum() - probabilities[order], strict=True))
    assume(all(abs(mass - top_p) > 1e-5 for mass in better.values()))
    assert better[pick(row, uniform, top_p=top_p)] < top_p


@given(scores, uniforms)
def test_a_temperature_near_0_is_greedy(row, uniform):
    best, second = row.sort(descending=True).values[:2].tolist()
    assume(best - second > 0.1)
    assert pick(row, uniform, temperature=1e-3) == greedy(row[None]).item()


@given(scores, uniforms, st.sampled_from([0.5, 1.0]))
def test_an_impossible_piece_is_never_picked(row, uniform, top_p):
    row = row.clone()
    row[[0, 3]] = -torch.inf
    assert pick(row, uniform, top_p=top_p) not in {0, 3}


def test_rows_are_picked_each_by_its_own_number():
    rows = HALVES.expand(3, -1)
    picked = sample(rows, torch.tensor([0.0, 0.6, 0.99]), temperature=1.0, top_p=1.0)
    assert picked.tolist() == [1, 3, 2]


def test_greedy_is_the_best_piece():
    assert greedy(torch.tensor([[0.0, 2.0, 1.0], [3.0, 2.0, 3.0]])).tolist() == [1, 0]
