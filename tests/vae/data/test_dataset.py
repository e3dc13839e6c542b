import json
import re

import pytest

from vae.data.dataset import Dataset
from vae.errors import UserError


@pytest.fixture
def folder(write_dataset, rows, tmp_path):
    return write_dataset(tmp_path / "dataset", {"train": rows[:20], "validation": rows[20:30]})


def change_manifest(folder, **changes):
    path = folder / "MANIFEST.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def refused(path):
    """Expects an error that names the path."""
    return pytest.raises(UserError, match=re.escape(str(path)))


def test_a_dataset_has_its_unit_max_len_and_tokenizer(folder, tokenizer):
    dataset = Dataset.open(str(folder))
    assert (dataset.max_len, dataset.unit) == (16, "segment")
    assert dataset.tokenizer().model == tokenizer.model


def test_a_dataset_has_the_names_of_its_condition_ids(folder):
    change_manifest(folder, labels={"category": ["tea", "birds"], "author": ["Ann"]})
    assert Dataset.open(folder).labels == {"category": ["tea", "birds"], "author": ["Ann"]}


def test_a_dataset_of_a_release_without_condition_ids_has_no_names(write_dataset, rows, tmp_path):
    folder = write_dataset(tmp_path / "before", {"train": rows[:5]}, labelled=False)
    assert Dataset.open(folder).labels == {"category": [], "author": []}


def test_shards_are_those_of_the_split_sorted_by_path(folder):
    change_manifest(folder, files=json.loads((folder / "MANIFEST.json").read_text())["files"][::-1])
    dataset = Dataset.open(folder)
    shards = dataset.shards("train")
    assert [shard.path for shard in shards] == sorted(folder.glob("shards/split=train/bucket=*/part-0.parquet"))
    assert [shard.bucket for shard in shards] == [16, 8]
    assert sum(shard.rows for shard in shards) == 20
    assert sum(shard.rows for shard in dataset.shards("validation")) == 10
    assert dataset.shards("test") == []


def test_a_file_that_the_manifest_does_not_list_is_not_read(folder):
    before = Dataset.open(folder).shards("train")
    (before[0].path.parent / "part-1.parquet").write_bytes(before[0].path.read_bytes())
    assert Dataset.open(folder).shards("train") == before


def test_the_error_of_a_missing_dataset_names_the_command_that_makes_one(tmp_path):
    with refused(tmp_path / "none" / "MANIFEST.json") as caught:
        Dataset.open(tmp_path / "none")
    assert "run `blogvae prepare`" in str(caught.value)


def test_a_file_is_no_dataset(tmp_path):
    (tmp_path / "posts.csv").write_text("a,b\n")
    with refused(tmp_path / "posts.csv"):
        Dataset.open(tmp_path / "posts.csv")


@pytest.mark.parametrize("content", ["", '{"format": "blogvae-dat', "\xff"])
def test_a_truncated_manifest_is_refused(folder, content):
    (folder / "MANIFEST.json").write_text(content, encoding="latin-1")
    with refused(folder / "MANIFEST.json"):
        Dataset.open(folder)


@pytest.mark.parametrize("content", ["{}", "[]", '{"format": "blogvae-dataset/99"}', '{"format": "blogvae-model/1"}'])
def test_a_foreign_manifest_is_refused(folder, content):
    (folder / "MANIFEST.json").write_text(content)
    with pytest.raises(UserError, match=r"MANIFEST\.json is of format .*, expected 'blogvae-dataset/1'"):
        Dataset.open(folder)


def test_a_truncated_shard_is_refused(folder):
    shard = Dataset.open(folder).shards("train")[0].path
    shard.write_bytes(shard.read_bytes()[:-1])
    with refused(shard):
        Dataset.open(folder).shards("train")


def test_a_shard_of_the_right_size_and_one_wrong_byte_is_refused(folder):
    shard = Dataset.open(folder).shards("train")[0].path
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    with refused(shard):
        Dataset.open(folder).shards("train")


def test_a_missing_shard_is_refused_but_only_when_its_split_is_read(folder):
    shard = Dataset.open(folder).shards("validation")[0].path
    shard.unlink()
    with refused(shard):
        Dataset.open(folder).shards("validation")
    assert Dataset.open(folder).shards("train")


def test_a_tokenizer_that_is_not_the_one_of_the_manifest_is_refused(folder):
    change_manifest(folder, tokenizer_sha256="0" * 64)
    with refused(folder / "tokenizer" / "spm.model"):
        Dataset.open(folder).tokenizer()


@pytest.mark.parametrize("break_it", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no model")])
def test_a_missing_or_broken_tokenizer_is_refused(folder, break_it):
    path = folder / "tokenizer" / "spm.model"
    break_it(path)
    with refused(path):
        Dataset.open(folder).tokenizer()


@pytest.mark.parametrize(
    ("stats", "languages"),
    [
        ({"posts_by_language": {"en": 95, "de": 5}}, ["en", "de"]),
        ({"posts_by_language": {"de": 50, "en": 50, "und": 30, "fr": 4}}, ["de", "en"]),
        ({"posts_by_language": {"und": 10}}, []),
        ({"posts_by_language": {}}, []),
        ({}, []),
        (None, []),
    ],
    ids=str,
)
def test_languages_have_a_twentieth_of_the_posts_and_the_most_frequent_is_first(
    write_dataset, rows, tmp_path, stats, languages
):
    folder = write_dataset(tmp_path / "dataset", {"train": rows[:5]})
    if stats is not None:
        (folder / "stats.json").write_text(json.dumps(stats))
    assert Dataset.open(folder).languages == languages
