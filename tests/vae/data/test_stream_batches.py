from itertools import islice

import numpy as np
import pytest
import torch

from tokenizer.tokenizer import BOS, EOS
from vae.data import stream_batches
from vae.data.stream_batches import StreamBatches


def starts_of(batches, count):
    return [batch.rows.tolist() for batch in islice(batches, count)]


def test_windows_begin_where_segments_do_and_have_three_widths(stream):
    endless = StreamBatches(stream, batch_pieces=256, seed=1)
    batches = list(islice((batch for _ in range(99) for batch in endless), 200))
    widths = [batch.ids.shape[1] for batch in batches]
    assert set(widths) == {128, 64, 32}
    assert 110 < widths.count(128) < 170
    for batch in batches:
        assert batch.ids.numel() == batch.units == 256
        for row, start in zip(batch.ids, batch.rows.tolist(), strict=True):
            assert np.array_equal(stream.pieces[start : start + len(row)], row)
            assert stream.pieces[start - 1] in {EOS, BOS}


def test_an_epoch_has_as_many_pieces_as_the_stream(stream):
    batches = StreamBatches(stream, batch_pieces=512, seed=1)
    assert len(list(batches)) == len(batches) == len(stream.pieces) // 512
    assert len(StreamBatches(stream, batch_pieces=10**6, seed=1)) == 1


def test_the_windows_depend_on_seed_and_epoch(stream):
    batches = StreamBatches(stream, batch_pieces=512, seed=1)
    first, second = starts_of(batches, 99), starts_of(batches, 99)
    assert first != second
    assert starts_of(StreamBatches(stream, batch_pieces=512, seed=2), 99) != first


def test_a_resumed_epoch_gives_exactly_the_remaining_batches(stream):
    whole = StreamBatches(stream, batch_pieces=512, seed=1)
    first, second = starts_of(whole, 99), starts_of(whole, 99)
    stopped = StreamBatches(stream, batch_pieces=512, seed=1)
    given = starts_of(stopped, 2)
    resumed = StreamBatches(stream, batch_pieces=512, seed=1)
    resumed.load_state_dict(stopped.state_dict())
    assert given + starts_of(resumed, 99) == first
    assert starts_of(resumed, 99) == second


@pytest.fixture
def thirty_windows(monkeypatch):
    monkeypatch.setattr(stream_batches, "HELD_OUT", 30)


@pytest.mark.usefixtures("thirty_windows")
def test_without_a_seed_the_windows_are_the_same_for_any_size_of_batch(stream):
    ids = []
    for batch_pieces in (128, 1000, 10_000):
        batches = StreamBatches(stream, batch_pieces=batch_pieces, seed=None)
        of_size = [batch.ids for batch in batches]
        assert len(of_size) == len(batches)
        ids.append(torch.cat(of_size))
    assert ids[0].shape == (30, 128)
    assert torch.equal(ids[0], ids[1])
    assert torch.equal(ids[0], ids[2])


def test_a_window_is_named_by_its_first_piece_and_its_file(stream):
    assert StreamBatches(stream, batch_pieces=128, seed=1).locate(1234) == f"piece 1,234 of {stream.path}"
