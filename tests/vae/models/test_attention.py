import math

import pytest
import torch

from vae.models.attention import Attention


@pytest.fixture
def attention():
    torch.manual_seed(0)
    return Attention(8, 2)


@pytest.fixture
def states():
    return torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(0))


def test_each_head_attends_by_the_softmax_of_its_scaled_products(attention, states):
    queries, (keys, values) = attention.to_queries(states), attention.to_cache(states).chunk(2, -1)
    heads = []
    for of_head in (slice(0, 4), slice(4, 8)):
        products = queries[..., of_head] @ keys[..., of_head].transpose(1, 2) / math.sqrt(4)
        heads.append(products.softmax(-1) @ values[..., of_head])
    expected = attention.to_output(torch.cat(heads, -1))
    torch.testing.assert_close(attention(states, attention.cache(states)), expected)


def test_masked_places_get_no_attention(attention, states):
    mask = torch.tensor([True, True, False, True, False])
    expected = attention(states, attention.cache(states[:, mask]))
    torch.testing.assert_close(attention(states, attention.cache(states), mask=mask[None, None, None]), expected)


def test_causal_attention_step_by_step_equals_that_of_all_steps_at_once(attention, states):
    at_once = attention(states, attention.cache(states), causal=True)
    past = attention.empty_cache(3, 5, states)
    for place in range(5):
        state = states[:, place : place + 1]
        torch.testing.assert_close(
            attention(state, attention.extend(past, state, place)), at_once[:, place : place + 1]
        )


def test_extending_a_cache_writes_to_its_place_and_returns_the_cache_up_to_there(attention, states):
    past, whole = attention.empty_cache(3, 5, states.double()), attention.cache(states)
    assert past.keys.shape == past.values.shape == (3, 2, 5, 4)
    assert past.keys.dtype == torch.float64
    cache = attention.extend(past, states[:, :1], 0)
    assert cache.keys.shape == (3, 2, 1, 4)
    torch.testing.assert_close(past.keys[:, :, 0], whole.keys[:, :, 0].double())
    torch.testing.assert_close(past.values[:, :, 0], whole.values[:, :, 0].double())
    assert (past.keys[:, :, 1:] == 0).all()
    assert (past.values[:, :, 1:] == 0).all()
