from collections import Counter

import pytest

from tokenizer.tokenizer import EOS, PAD
from vae.data import corpus
from vae.data.corpus import training_rows
from vae.data.dataset import Dataset


@pytest.fixture(scope="module")
def shards(dataset):
    return Dataset.open(dataset).shards("train")


def test_every_segment_of_the_split_is_read_once(shards, rows):
    found = [tuple(row) for ids in training_rows(shards) for row in ids.tolist()]
    assert Counter(tuple(piece for piece in row if piece != PAD) for row in found) == Counter(
        (*row, EOS) for row in rows[:400]
    )


def test_the_order_is_always_the_same(shards):
    first, second = ([ids.tolist() for ids in training_rows(shards)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("most", [1, 70, 399])
def test_of_a_large_corpus_so_many_are_read_of_all_buckets(shards, monkeypatch, most):
    monkeypatch.setattr(corpus, "_TEXTS", most)
    monkeypatch.setattr(corpus, "_BATCH_PIECES", 128)
    read = list(training_rows(shards))
    assert sum(map(len, read)) == most
    if most > 1:
        assert {ids.shape[1] for ids in read} == {8, 16}
