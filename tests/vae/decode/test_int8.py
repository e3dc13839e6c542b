import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from tokenizer.tokenizer import EOS
from vae.decode.decoding import Decoding, decode
from vae.decode.int8 import Int8GRU, Int8Linear, Int8LSTM, fast_int8, int8_decoder

INPUTS, OUTPUTS = 24, 40


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def weights():
    return draw(OUTPUTS, INPUTS) * torch.logspace(-2, 2, OUTPUTS)[:, None], draw(OUTPUTS, seed=1)


def test_a_product_is_as_exact_as_8_bits_allow(weights):
    rows = draw(9, INPUTS, seed=2) * torch.logspace(-3, 3, 9)[:, None]
    exact = functional.linear(rows, *weights)
    # Each factor is wrong by at most half of a 127th of the largest.
    scale = rows.abs().amax(-1, keepdim=True) * weights[0].abs().amax(-1)
    assert ((Int8Linear(*weights)(rows) - exact).abs() <= INPUTS * scale / 127).all()
    assert ((Int8Linear(*weights)(rows) - exact) / scale).std() < 0.05


def test_products_of_integers_of_8_bits_are_exact():
    weight, rows = torch.tensor([[127.0, -3.0], [0.0, 127.0]]), torch.tensor([[127.0, 1.0], [-127.0, 50.0], [0.0, 0.0]])
    bias = torch.tensor([0.5, -1.0])
    torch.testing.assert_close(Int8Linear(weight, bias)(rows), functional.linear(rows, weight, bias))


@given(st.lists(st.integers(0, 8), min_size=1, max_size=9))
def test_a_row_does_not_depend_on_those_beside_it(order):
    rows = draw(9, INPUTS, seed=2) * torch.logspace(-3, 3, 9)[:, None]
    layer = Int8Linear(draw(OUTPUTS, INPUTS), draw(OUTPUTS, seed=1))
    assert torch.equal(layer(rows[order]), layer(rows)[order])


@pytest.mark.parametrize(("layer", "quantised"), [(nn.LSTM, Int8LSTM), (nn.GRU, Int8GRU)])
def test_the_states_of_a_recurrent_layer_are_near_those_of_the_trained_one(layer, quantised):
    torch.manual_seed(0)
    trained = layer(INPUTS, 16, batch_first=True).requires_grad_(requires_grad=False)
    inputs, state = draw(5, 7, INPUTS), draw(1, 5, 16, seed=1)
    first = (state, draw(1, 5, 16, seed=2)) if layer is nn.LSTM else state
    (states, last), (near, near_last) = trained(inputs, first), quantised(trained)(inputs, first)
    torch.testing.assert_close(near, states, atol=0.02, rtol=0)
    torch.testing.assert_close(near_last, last, atol=0.03, rtol=0)
    in_steps, at_last = zip(*_one_by_one(quantised(trained), inputs, first), strict=True)
    assert torch.equal(torch.cat(in_steps, 1), near)
    torch.testing.assert_close(at_last[-1], near_last, atol=0, rtol=0)


def _one_by_one(layer, inputs, state):
    for step in inputs.unbind(1):
        states, state = layer(step[:, None], state)
        yield states, state


def test_a_decoder_of_any_family_writes_nearly_the_same_texts_and_the_model_stays(module, draw_latents):
    before, z = copy.deepcopy(module.state_dict()), draw_latents(module)
    pieces, expected = (
        [piece for row in decode(model, z, Decoding()) for piece in (row + [EOS] * 16)[:16]]
        for model in (int8_decoder(module), module)
    )
    assert sum(map(int.__eq__, pieces, expected)) > 0.8 * len(expected)
    torch.testing.assert_close(module.state_dict(), before, atol=0, rtol=0)


def test_a_decoded_row_does_not_depend_on_those_beside_it(module, draw_latents):
    quantised, z = int8_decoder(module), draw_latents(module)
    order = torch.randperm(150, generator=torch.Generator().manual_seed(2))
    rows = decode(quantised, z, Decoding())
    assert decode(quantised, z[order], Decoding()) == [rows[place] for place in order]


def test_beam_search_uses_the_same_layers_as_greedy_decoding(decoder, draw_latents):
    quantised, z = int8_decoder(decoder), draw_latents(decoder)
    assert decode(quantised, z, Decoding(method="beam", beams=1)) == decode(quantised, z, Decoding())


def test_a_gpu_decodes_without_8_bits():
    assert fast_int8("cuda") is False
