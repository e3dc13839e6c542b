"""Tests greedy, temperature, top-k and top-p, which choose one piece of each row by its scores."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae.decode.choices import FIRST, draw, draw_top_k, draw_top_p, greedy

HALVES = torch.log(torch.tensor([0.125, 0.5, 0.05, 0.25, 0.075]))
VOCAB = 3 * FIRST

scores = arrays(np.int8, 6, elements=st.integers(-24, 24)).map(lambda row: torch.from_numpy(row) / 4)
wide_scores = arrays(np.int8, VOCAB, elements=st.integers(-8, 8)).map(lambda row: torch.from_numpy(row) / 4)
uniforms = st.floats(0, 1 - 2**-24, width=32)


def one(draws, row, uniform, **settings):
    return draws(row[None], torch.tensor([uniform]), **settings).item()


def best_first(row, temperature=1.0):
    """Returns the pieces from the most to the least probable, and their probabilities."""
    probabilities = torch.softmax(row.double() / temperature, 0).numpy()
    order = np.argsort(-probabilities, kind="stable")
    return order, probabilities[order]


def test_greedy_takes_the_best_piece_and_the_first_of_equals():
    assert greedy(torch.tensor([[0.0, 2.0, 1.0], [3.0, 2.0, 3.0]])).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("uniform", "piece"), [(0.0, 0), (0.12, 0), (0.13, 1), (0.62, 1), (0.63, 2), (0.68, 3), (0.92, 3), (0.93, 4)]
)
def test_a_draw_inverts_the_distribution_in_order_of_ids(uniform, piece):
    assert one(draw, HALVES, uniform, temperature=1.0) == piece


@given(scores, uniforms, st.floats(0.2, 2.0))
def test_temperature_flattens_the_distribution(row, uniform, temperature):
    mass = torch.softmax(row.double() / temperature, 0).cumsum(0).numpy()
    assume(np.abs(mass - uniform).min() > 1e-5)
    assert one(draw, row, uniform, temperature=temperature) == np.searchsorted(mass, uniform)


@given(scores, uniforms)
def test_a_temperature_near_0_is_greedy(row, uniform):
    best, second = row.sort(descending=True).values[:2].tolist()
    assume(best - second > 0.1)
    assert one(draw, row, uniform, temperature=1e-3) == greedy(row[None]).item()


@pytest.mark.parametrize(
    ("top_k", "drawn"), [(1, {1}), (2, {1, 3}), (3, {0, 1, 3}), (5, {0, 1, 2, 3, 4}), (9, {0, 1, 2, 3, 4})]
)
def test_top_k_draws_from_the_k_best(top_k, drawn):
    numbers = torch.arange(100) / 100
    assert set(draw_top_k(HALVES.expand(100, -1), numbers, temperature=1.0, top_k=top_k).tolist()) == drawn


@given(scores, uniforms, st.floats(0.2, 2.0))
def test_top_k_draws_in_proportion_to_the_probabilities(row, uniform, temperature):
    order, probabilities = best_first(row, temperature)
    assume(probabilities[2] - probabilities[3] > 1e-6)
    mass = probabilities[:3].cumsum() / probabilities[:3].sum()
    assume(np.abs(mass - uniform).min() > 1e-5)
    picked = one(draw_top_k, row, uniform, temperature=temperature, top_k=3)
    assert row[picked] == row[order[np.searchsorted(mass, uniform)]]


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
        (1.0, 0.999, 2),
    ],
)
def test_top_p_draws_from_the_smallest_set_of_pieces_that_reaches_the_mass(top_p, uniform, piece):
    assert one(draw_top_p, HALVES, uniform, temperature=1.0, top_p=top_p) == piece


@given(wide_scores, uniforms, st.floats(0.01, 0.99))
def test_top_p_draws_from_a_nucleus_of_any_width(row, uniform, top_p):
    _, probabilities = best_first(row)
    better = probabilities.cumsum() - probabilities
    assume(np.abs(better - top_p).min() > 1e-4)
    nucleus = probabilities[better < top_p]
    mass = nucleus.cumsum() / nucleus.sum()
    assume(np.abs(mass - uniform).min() > 1e-4)
    picked = torch.softmax(row.double(), 0)[one(draw_top_p, row, uniform, temperature=1.0, top_p=top_p)]
    assert picked.item() == pytest.approx(nucleus[np.searchsorted(mass, uniform)])


def test_rows_of_narrow_and_wide_nuclei_do_not_disturb_each_other():
    flat, sharp = torch.zeros(VOCAB), torch.cat([torch.tensor([9.0]), torch.zeros(VOCAB - 1)])
    numbers = torch.tensor([0.0, 0.999, 0.5, 0.999])
    together = draw_top_p(torch.stack([sharp, flat, flat, sharp]), numbers, temperature=1.0, top_p=0.9)
    alone = [
        draw_top_p(row[None], number[None], temperature=1.0, top_p=0.9).item()
        for row, number in zip([sharp, flat, flat, sharp], numbers, strict=True)
    ]
    assert together.tolist() == alone
    assert together[[0, 3]].tolist() == [0, 0]


@given(scores, uniforms, st.sampled_from([0.5, 1.0]))
def test_an_impossible_piece_is_never_drawn(row, uniform, top_p):
    row = row.clone()
    row[[0, 3, 5]] = -torch.inf
    assert one(draw, row, uniform, temperature=1.0) in {1, 2, 4}
    assert one(draw_top_k, row, uniform, temperature=1.0, top_k=5) in {1, 2, 4}
    assert one(draw_top_p, row, uniform, temperature=1.0, top_p=top_p) in {1, 2, 4}
