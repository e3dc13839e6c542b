from collections import Counter

import pytest

from vae.dataset import Dataset
from vae.training import batches as batching
from vae.training.batches import Batches

ROWS = [[4 + number % 256, 4 + number // 256, *[5] * (number * 7 % 13)] for number in range(300)]
"""300 different rows of 2 to 14 pieces."""


@pytest.fixture(scope="module")
def shards(write_dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("batches") / "dataset"
    return Dataset.open(write_dataset(folder, {"train": ROWS, "validation": []}, group_rows=20)).shards("train")


@pytest.fixture(params=[65_536, 50], ids=["one-window", "many-windows"])
def make(request, shards, monkeypatch):
    monkeypatch.setattr(batching, "SHUFFLE_ROWS", request.param)

    def make(seed=0, batch_pieces=100):
        return Batches(shards, batch_pieces=batch_pieces, seed=seed)

    return make


def rows_of(batch):
    return [tuple(row[: length - 1]) for row, length in zip(batch.ids.tolist(), batch.lengths.tolist(), strict=True)]


def epoch_of(batches):
    return [rows_of(batch) for batch in batches]


def test_every_row_comes_once_an_epoch(make):
    batches = make()
    for _ in range(3):
        assert Counter(row for batch in batches for row in rows_of(batch)) == Counter(map(tuple, ROWS))


@pytest.mark.parametrize("batch_pieces", [1, 100, 7000, 10**6])
def test_the_length_is_the_number_of_batches(make, batch_pieces):
    batches = make(batch_pieces=batch_pieces)
    assert len(list(batches)) == len(batches)


def test_a_batch_has_one_bucket_and_about_so_many_pieces(make):
    sizes = Counter(tuple(batch.ids.shape) for batch in make())
    assert sizes[12, 8] == sum(len(row) < 8 for row in ROWS) // 12
    assert sizes[6, 16] == sum(len(row) >= 8 for row in ROWS) // 6
    assert sum(sizes.values()) <= sizes[12, 8] + sizes[6, 16] + 2


def test_rows_are_padded_behind_their_end_marker(make):
    for ids, lengths in make():
        for row, length in zip(ids.tolist(), lengths.tolist(), strict=True):
            assert row[length - 1] == 3
            assert set(row[length:]) <= {0}


def test_the_same_seed_gives_the_same_order(make):
    assert epoch_of(make(seed=1)) == epoch_of(make(seed=1))


def test_another_epoch_or_seed_gives_another_order(make):
    batches = make(seed=1)
    first, second = epoch_of(batches), epoch_of(batches)
    assert first != second
    assert first != epoch_of(make(seed=2))
    again = make(seed=1)
    assert [epoch_of(again), epoch_of(again)] == [first, second]


def test_rows_do_not_stay_together_in_batches(make):
    batches = make()
    pairs = [{frozenset(batch) for batch in epoch_of(batches)} for _ in range(2)]
    assert len(pairs[0] & pairs[1]) < len(pairs[0]) // 10


def test_without_a_seed_the_order_is_the_stored_one(make):
    batches = make(seed=None)
    stored = [tuple(row) for row in ROWS]
    for _ in range(2):
        rows = [row for batch in epoch_of(batches) for row in batch]
        assert [row for row in rows if len(row) < 8] == [row for row in stored if len(row) < 8]
        assert [row for row in rows if len(row) >= 8] == [row for row in stored if len(row) >= 8]


@pytest.mark.parametrize("epoch", [0, 2])
@pytest.mark.parametrize("given", [0, 1, 17])
def test_a_resumed_epoch_gives_exactly_the_remaining_batches(make, epoch, given):
    whole = make(seed=3)
    for _ in range(epoch):
        list(whole)
    iterator = iter(whole)
    for _ in range(given):
        next(iterator)
    state = whole.state_dict()
    remaining, following = [rows_of(batch) for batch in iterator], epoch_of(whole)
    resumed = make(seed=3)
    resumed.load_state_dict(state)
    if epoch and not given:  # the state is that of the end of the epoch before
        assert state == {"epoch": epoch - 1, "given": len(whole)}
    assert epoch_of(resumed) == remaining
    assert epoch_of(resumed) == following


def test_a_state_at_the_end_of_an_epoch_goes_on_with_the_next(make):
    whole = make(seed=3)
    list(whole)
    resumed = make(seed=3)
    resumed.load_state_dict(whole.state_dict())
    assert epoch_of(resumed) == epoch_of(whole)


def test_no_row_gives_no_batch():
    batches = Batches([], batch_pieces=100, seed=0)
    assert (len(batches), list(batches)) == (0, [])
