import json
import lzma
from itertools import islice

import numpy as np
import pytest
import torch

from tokenizer.tokenizer import BOS, EOS
from vae.data import stream_batches
from vae.data.corpus import training_rows
from vae.data.dataset import Dataset
from vae.data.split import batches_of, texts_of
from vae.data.stream_batches import StreamBatches
from vae.data.streams import Stream, StreamDataset, open_dataset
from vae.errors import UserError

SEGMENTS_A_POST = 5


def stream_of(rows):
    """The rows one behind the other, bos before every fifth."""
    pieces = []
    for number, row in enumerate(rows):
        pieces += [BOS] * (number % SEGMENTS_A_POST == 0) + [*row, EOS]
    return np.array(pieces, "<u2")


@pytest.fixture(scope="module")
def folder(rows, tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    (folder / "train.u16.xz").write_bytes(lzma.compress(stream_of(rows[:400]).tobytes()))
    (folder / "validation.u16").write_bytes(stream_of(rows[400:450]).tobytes())
    (folder / "spm.model").write_bytes(tokenizer.model)
    return folder


@pytest.fixture
def stream(folder):
    return open_dataset(folder).shards("train")[0]


def test_a_folder_of_streams_is_a_dataset(folder, rows, tokenizer):
    found = open_dataset(folder)
    assert isinstance(found, StreamDataset)
    assert (found.max_len, found.unit, found.measured_split, found.languages) == (128, "segment", "validation", [])
    assert found.tokenizer().sha256 == tokenizer.sha256
    assert found.labels == {"category": [], "author": []}
    (shard,) = found.shards("train")
    assert (shard.rows, shard.bucket, found.shards("test")) == (400, 128, [])
    assert np.array_equal(shard.pieces, stream_of(rows[:400]))
    assert json.loads(json.dumps(found.manifest)) == found.manifest
    (folder / "stats.json").write_text('{"posts_by_language": {"en": 9, "und": 80}}')
    assert found.languages == ["en"]
    (folder / "stats.json").unlink()


def test_other_contents_are_another_dataset(folder, rows, tokenizer, tmp_path):
    (tmp_path / "train.u16").write_bytes(stream_of(rows[:300]).tobytes())
    assert open_dataset(tmp_path).manifest != open_dataset(folder).manifest


def test_a_folder_that_prepare_wrote_is_read_by_its_manifest(dataset):
    assert type(open_dataset(dataset)) is Dataset


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x05\x00" * 100, "holds 100 pieces: too few for windows of 128"),
        (b"\x05\x00" * 999, "holds 999 pieces: too few"),
        (b"\x05\x00\x03\x00" * 999 + b"\x05", "is no whole stream of 16-bit piece ids"),
        (b"\x05\x00\x03\x00" * 999 + b"\xff\xff", "holds piece 65535, beyond the vocabulary of its tokenizer"),
    ],
    ids=["short", "endless", "odd", "unknown"],
)
def test_a_stream_that_cannot_be_read_is_named(folder, tmp_path, content, told):
    (tmp_path / "spm.model").write_bytes((folder / "spm.model").read_bytes())
    (tmp_path / "train.u16").write_bytes(content)
    with pytest.raises(UserError, match=f"train.u16 {told}"):
        open_dataset(tmp_path).shards("train")


def test_a_compressed_stream_cut_short_and_a_missing_tokenizer_are_named(folder, tmp_path):
    (tmp_path / "train.u16.xz").write_bytes((folder / "train.u16.xz").read_bytes()[:-30])
    with pytest.raises(UserError, match=r"train.u16.xz is no whole stream"):
        open_dataset(tmp_path).shards("train")
    with pytest.raises(UserError, match=r"tokenizer/spm.model: .*No such file"):
        open_dataset(tmp_path).tokenizer()


def test_texts_are_segments_drawn_over_the_whole_stream(folder, rows):
    shards = open_dataset(folder).shards("validation")
    assert sorted(texts_of(shards, 1000, seed=0)) == sorted(rows[400:450])
    some = texts_of(shards, 10, seed=0)
    assert some == texts_of(shards, 10, seed=0) != texts_of(shards, 10, seed=1)
    assert isinstance(shards[0], Stream)
    assert shards[0].segments([0, 5, 49]) == [rows[400], rows[405], rows[449]]


def test_windows_begin_where_segments_do_and_are_of_three_widths(stream):
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


def test_the_order_follows_from_the_seed_and_a_broken_run_goes_on(stream):
    def starts(batches, count):
        return [batch.rows.tolist() for batch in islice(batches, count)]

    whole = StreamBatches(stream, batch_pieces=512, seed=1)
    first, second = starts(whole, 99), starts(whole, 99)
    assert first != second
    assert starts(StreamBatches(stream, batch_pieces=512, seed=2), 99) != first
    broken = StreamBatches(stream, batch_pieces=512, seed=1)
    read = starts(broken, 2)
    going_on = StreamBatches(stream, batch_pieces=512, seed=1)
    going_on.load_state_dict(broken.state_dict())
    assert read + starts(going_on, 99) == first
    assert starts(going_on, 99) == second


def test_validation_reads_the_same_windows_of_full_width_whatever_the_batch(stream, monkeypatch):
    monkeypatch.setattr(stream_batches, "HELD_OUT", 30)
    found = []
    for pieces in (128, 1000, 10_000):
        batches = batches_of([stream], batch_pieces=pieces, seed=None)
        read = [batch.ids for batch in batches]
        assert len(read) == len(batches)
        found.append(torch.cat(read))
    assert found[0].shape == (30, 128)
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


def test_a_window_is_named_by_its_place(stream):
    assert StreamBatches(stream, batch_pieces=128, seed=1).locate(1234) == f"piece 1,234 of {stream.path}"


def test_what_is_counted_of_a_stream_are_its_pieces_in_order(stream):
    found = torch.cat(list(training_rows([stream])))
    assert found.shape[1] == 128
    assert np.array_equal(found.flatten(), stream.pieces[: found.numel()])
    assert len(stream.pieces) - found.numel() < 128
