from collections import Counter

import pyarrow.parquet as pq
import pytest

from vae.data import batches as batching
from vae.data.batches import Batches
from vae.data.dataset import Dataset
from vae.errors import UserError

ROWS = [[4 + number % 256, 4 + number // 256, *[5] * (number * 7 % 13)] for number in range(300)]
"""300 different rows of 2 to 14 pieces."""


@pytest.fixture(scope="module")
def shards(write_dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("batches") / "dataset"
    return Dataset.open(write_dataset(folder, {"train": ROWS, "validation": []}, group_rows=20)).shards("train")


@pytest.fixture(params=[65_536, 50], ids=["one-window", "many-windows"])
def make(request, shards, monkeypatch):
    monkeypatch.setattr(batching, "SHUFFLE_ROWS", request.param)

    def make(seed=0, batch_pieces=100, **options):
        return Batches(shards, batch_pieces=batch_pieces, seed=seed, **options)

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


def test_a_batch_has_one_bucket_and_as_many_rows_as_its_pieces_allow(make):
    sizes = Counter(tuple(batch.ids.shape) for batch in make())
    assert sizes[12, 8] == sum(len(row) < 8 for row in ROWS) // 12
    assert sizes[6, 16] == sum(len(row) >= 8 for row in ROWS) // 6
    assert sum(sizes.values()) <= sizes[12, 8] + sizes[6, 16] + 2


def test_rows_are_padded_after_their_end_marker(make):
    for batch in make():
        for row, length in zip(batch.ids.tolist(), batch.lengths.tolist(), strict=True):
            assert row[length - 1] == 3
            assert set(row[length:]) <= {0}
        assert batch.units == batch.lengths.sum()


def test_the_same_seed_gives_the_same_order(make):
    assert epoch_of(make(seed=1)) == epoch_of(make(seed=1))


def test_another_epoch_or_seed_gives_another_order(make):
    batches = make(seed=1)
    first, second = epoch_of(batches), epoch_of(batches)
    assert first != second
    assert first != epoch_of(make(seed=2))
    again = make(seed=1)
    assert [epoch_of(again), epoch_of(again)] == [first, second]


def test_another_epoch_puts_other_rows_together_in_a_batch(make):
    batches = make()
    pairs = [{frozenset(batch) for batch in epoch_of(batches)} for _ in range(2)]
    assert len(pairs[0] & pairs[1]) < len(pairs[0]) // 10


def test_without_a_seed_the_order_is_the_stored_one(make):
    batches = make(seed=None)
    stored_rows = [tuple(row) for row in ROWS]
    for _ in range(2):
        rows = [row for batch in epoch_of(batches) for row in batch]
        assert [row for row in rows if len(row) < 8] == [row for row in stored_rows if len(row) < 8]
        assert [row for row in rows if len(row) >= 8] == [row for row in stored_rows if len(row) >= 8]


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
    if epoch and not given:  # an epoch that has given no batch yet has the state at the end of the epoch before
        assert state == {"epoch": epoch - 1, "given": len(whole)}
    assert epoch_of(resumed) == remaining
    assert epoch_of(resumed) == following


def test_a_state_at_the_end_of_an_epoch_goes_on_with_the_next(make):
    whole = make(seed=3)
    list(whole)
    resumed = make(seed=3)
    resumed.load_state_dict(whole.state_dict())
    assert epoch_of(resumed) == epoch_of(whole)


def test_no_shards_give_no_batches():
    batches = Batches([], batch_pieces=100, seed=0)
    assert (len(batches), list(batches)) == (0, [])


@pytest.mark.parametrize("labels", [["category"], ["author"], ["author", "category"]])
def test_each_row_has_its_labels_as_conditions(make, labels):
    ids = {tuple(row): {"category": number % 3, "author": number % 4} for number, row in enumerate(ROWS)}
    for batch in make(labels=labels):
        assert batch.conditions.tolist() == [[ids[row][label] for label in labels] for row in rows_of(batch)]


def test_without_labels_there_are_no_conditions(make):
    assert next(iter(make())).conditions is None


def test_each_text_is_located_in_its_shard(make, shards):
    batches = make()
    ids_by_shard = {str(shard.path): pq.read_table(shard.path)["input_ids"].to_pylist() for shard in shards}
    places = []
    for batch in batches:
        for ids, place in zip(batch.ids.tolist(), batch.rows.tolist(), strict=True):
            _, number, _, path = batches.locate(place).split()
            assert ids_by_shard[path][int(number)] == ids
            places.append(place)
    assert sorted(places) == list(range(300))


def test_at_most_a_window_and_a_row_group_are_held_in_memory(shards, monkeypatch):
    monkeypatch.setattr(batching, "SHUFFLE_ROWS", 50)
    batches, read, given = Batches(shards, batch_pieces=100, seed=0), 0, 0
    original_read = Batches._read

    def count(self, number, group):
        nonlocal read
        rows = original_read(self, number, group)
        read += len(rows.lengths)
        assert read - given < 50 + 20 + 12
        return rows

    monkeypatch.setattr(Batches, "_read", count)
    for batch in batches:
        given += len(batch)
    assert read == given == 300


@pytest.fixture
def shard(write_dataset, tmp_path):
    """One shard of 60 rows in three row groups."""
    folder = write_dataset(tmp_path / "dataset", {"train": [[4, 5, row + 6] for row in range(60)]}, group_rows=20)
    return Dataset.open(folder).shards("train")[0]


def refusal(shard, **options):
    with pytest.raises(UserError) as caught:
        list(Batches([shard], batch_pieces=100, seed=0, **options))
    assert str(shard.path) in str(caught.value)
    assert "run prepare again" in str(caught.value)
    return str(caught.value)


def test_a_piece_beyond_the_vocabulary_is_refused(shard):
    assert "holds piece 65, beyond the vocabulary of 65" in refusal(shard, vocab_size=65)
    assert len(list(Batches([shard], batch_pieces=100, seed=0, vocab_size=66))) == 5


def test_a_shard_without_a_label_is_refused(write_dataset, tmp_path):
    folder = write_dataset(tmp_path / "before", {"train": ROWS[:9]}, labelled=False)
    assert "has no column 'author'" in refusal(Dataset.open(folder).shards("train")[0], labels=["author"])


@pytest.mark.parametrize("size", [0, 3, 300, -1], ids=["empty", "tiny", "half", "one-byte-less"])
def test_a_truncated_shard_is_refused(shard, size):
    shard.path.write_bytes(shard.path.read_bytes()[:size])
    assert "is no whole Parquet file" in refusal(shard)


def test_a_missing_shard_is_refused(shard):
    shard.path.unlink()
    refusal(shard)
