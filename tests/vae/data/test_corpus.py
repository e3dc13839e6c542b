from collections import Counter

import numpy as np
import pytest
import torch

from tokenizer.tokenizer import EOS, PAD
from vae.data import corpus
from vae.data.corpus import training_rows
from vae.data.dataset import Dataset


@pytest.fixture(scope="module")
def shards(dataset):
    return Dataset.open(dataset).shards("train")


def test_every_segment_of_the_split_is_read_once(shards, rows):
    padded = [row for ids in training_rows(shards) for row in ids.tolist()]
    segments = Counter(tuple(piece for piece in row if piece != PAD) for row in padded)
    assert segments == Counter((*row, EOS) for row in rows[:400])


def test_the_order_is_always_the_same(shards):
    first, second = ([ids.tolist() for ids in training_rows(shards)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("most", [1, 70, 399])
def test_a_limited_number_of_segments_is_read_from_all_buckets(shards, monkeypatch, most):
    monkeypatch.setattr(corpus, "_TEXTS", most)
    monkeypatch.setattr(corpus, "_BATCH_PIECES", 128)
    batches = list(training_rows(shards))
    assert sum(map(len, batches)) == most
    if most > 1:
        assert {ids.shape[1] for ids in batches} == {8, 16}


def test_a_stream_is_read_in_order_up_to_its_last_whole_row(stream):
    ids = torch.cat(list(training_rows([stream])))
    assert ids.shape[1] == 128
    assert np.array_equal(ids.flatten(), stream.pieces[: ids.numel()])
    assert len(stream.pieces) - ids.numel() < 128


def test_a_limited_number_of_pieces_is_read_from_a_stream(stream, monkeypatch):
    monkeypatch.setattr(corpus, "_STREAM_PIECES", 300)
    monkeypatch.setattr(corpus, "_STREAM_ROWS", 1)
    rows = list(training_rows([stream]))
    assert [ids.tolist() for ids in rows] == stream.pieces[:256].reshape(2, 1, 128).tolist()
