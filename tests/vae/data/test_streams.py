import json

import numpy as np
import pytest

from vae.data.dataset import Dataset
from vae.data.streams import StreamDataset, open_dataset
from vae.errors import UserError


def test_a_folder_of_streams_is_a_dataset(streams_folder, stream_of, rows, tokenizer):
    dataset = open_dataset(streams_folder)
    assert isinstance(dataset, StreamDataset)
    assert (dataset.max_len, dataset.unit, dataset.measured_split) == (128, "segment", "validation")
    assert dataset.tokenizer().sha256 == tokenizer.sha256
    assert dataset.labels == {"category": [], "author": []}
    (shard,) = dataset.shards("train")
    assert (shard.rows, shard.bucket, dataset.shards("test")) == (400, 128, [])
    assert np.array_equal(shard.pieces, stream_of(rows[:400]))
    assert json.loads(json.dumps(dataset.manifest)) == dataset.manifest


def test_languages_are_those_of_a_stats_file(stream_of, rows, tmp_path):
    (tmp_path / "train.u16").write_bytes(stream_of(rows).tobytes())
    assert open_dataset(tmp_path).languages == []
    (tmp_path / "stats.json").write_text('{"posts_by_language": {"en": 9, "und": 80}}')
    assert open_dataset(tmp_path).languages == ["en"]


def test_other_contents_are_another_dataset(streams_folder, stream_of, rows, tmp_path):
    (tmp_path / "train.u16").write_bytes(stream_of(rows[:300]).tobytes())
    assert open_dataset(tmp_path).manifest != open_dataset(streams_folder).manifest


def test_a_folder_that_prepare_wrote_is_opened_by_its_manifest(dataset):
    assert type(open_dataset(dataset)) is Dataset


def test_segments_are_read_without_bos_and_end_marker(streams_folder, rows):
    (validation,) = open_dataset(streams_folder).shards("validation")
    assert validation.segments([0, 5, 49]) == [rows[400], rows[405], rows[449]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x05\x00" * 100, "holds 100 pieces: too few for windows of 128"),
        (b"\x05\x00" * 999, "holds no end marker"),
        (b"\x05\x00\x03\x00" * 999 + b"\x05", "is no whole stream of 16-bit piece ids"),
        (b"\x05\x00\x03\x00" * 999 + b"\xff\xff", "holds piece 65535, beyond the vocabulary of its tokenizer"),
    ],
    ids=["short", "endless", "odd", "unknown"],
)
def test_a_stream_that_cannot_be_read_is_named(streams_folder, tmp_path, content, message):
    (tmp_path / "spm.model").write_bytes((streams_folder / "spm.model").read_bytes())
    (tmp_path / "train.u16").write_bytes(content)
    with pytest.raises(UserError, match=f"train.u16 {message}"):
        open_dataset(tmp_path).shards("train")


def test_a_truncated_compressed_stream_and_a_missing_tokenizer_are_named(streams_folder, tmp_path):
    (tmp_path / "train.u16.xz").write_bytes((streams_folder / "train.u16.xz").read_bytes()[:-30])
    with pytest.raises(UserError, match=r"train.u16.xz is no whole stream"):
        open_dataset(tmp_path).shards("train")
    with pytest.raises(UserError, match=r"tokenizer/spm.model: .*No such file"):
        open_dataset(tmp_path).tokenizer()
