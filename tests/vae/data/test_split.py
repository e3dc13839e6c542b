import pytest

from vae.data.batches import Batches
from vae.data.dataset import Dataset
from vae.data.split import batches_of, texts_of
from vae.data.stream_batches import StreamBatches
from vae.data.streams import open_dataset


def shards_of(folder):
    return open_dataset(folder).shards("validation")


@pytest.fixture(params=["shards", "stream"])
def validation(request, dataset, streams_folder):
    """The same 50 rows, in shards and in a stream."""
    return shards_of(dataset if request.param == "shards" else streams_folder)


def test_batches_are_those_of_shards_or_of_a_stream(dataset, stream):
    of_shards = batches_of(Dataset.open(dataset).shards("train"), batch_pieces=512, seed=3, labels=["author"])
    assert isinstance(of_shards, Batches)
    assert (of_shards.batch_pieces, of_shards.seed, of_shards.labels) == (512, 3, ["author"])
    of_stream = batches_of([stream], batch_pieces=512, seed=3)
    assert isinstance(of_stream, StreamBatches)
    assert (of_stream.batch_pieces, of_stream.seed, of_stream.stream) == (512, 3, stream)


def test_no_shards_give_no_batches_and_no_texts():
    assert list(batches_of([], batch_pieces=512, seed=0)) == []
    assert texts_of([], 10, seed=0) == []


def test_a_large_limit_gives_every_text_once(validation, rows):
    assert sorted(texts_of(validation, 1000, seed=0)) == sorted(rows[400:450])


def test_a_small_limit_gives_a_sample_that_depends_on_the_seed(validation):
    sample = texts_of(validation, 10, seed=0)
    assert len(sample) == 10
    assert texts_of(validation, 10, seed=0) == sample
    assert texts_of(validation, 10, seed=1) != sample


def test_a_sample_has_texts_of_all_buckets(dataset):
    assert {len(text) < 8 for text in texts_of(shards_of(dataset), 10, seed=0)} == {True, False}
