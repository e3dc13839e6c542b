from itertools import islice

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vae.data.array_batches import ArrayBatches
from vae.models.dense import BagBatch


def batches(count=10, size=4, seed=0):
    return ArrayBatches(BagBatch(torch.arange(count)[:, None]), size=size, seed=seed)


def read(made):
    return [batch.values[:, 0].tolist() for batch in made]


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 3))
def test_an_epoch_has_every_example_once_in_even_batches(count, size, seed):
    made = batches(count, size, seed)
    found = read(made)
    assert sorted(number for batch in found for number in batch) == list(range(count))
    sizes = {len(batch) for batch in found}
    assert len(made) == len(found) == -(-count // size)
    assert max(sizes) <= size
    assert max(sizes) - min(sizes) <= 1


def test_the_order_follows_from_seed_and_epoch():
    made, again, other = batches(100), batches(100), batches(100, seed=1)
    first, second = read(made), read(made)
    assert first != second
    assert [read(again), read(again)] == [first, second]
    assert read(other) != first


def test_without_a_seed_the_order_is_as_it_is():
    made = batches(7, 3, None)
    assert read(made) == read(made) == [[0, 1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize("epoch", [0, 1])
@pytest.mark.parametrize("given_before", [0, 1, 2])
def test_a_state_goes_on_with_the_next_batch(epoch, given_before):
    unbroken, stopped, resumed = batches(), batches(), batches()
    epochs = [read(unbroken) for _ in range(3)]
    for _ in range(epoch):
        read(stopped)
    assert read(islice(stopped, given_before)) == epochs[epoch][:given_before]
    resumed.load_state_dict(stopped.state_dict())
    assert read(resumed) == epochs[epoch][given_before:]
    assert read(resumed) == epochs[epoch + 1]
