import pytest

from pipelines.dataset.previous_run import earlier_run, read_known
from pipelines.dataset.train_tokenizer import tokenizer_path, write_tokenizer
from pipelines.dedup.keys import split_code
from pipelines.errors import UserError
from pipelines.posts.post import POSTS_SCHEMA
from pipelines.write.atomic import read_json, write_bytes, write_json
from pipelines.write.manifest import write_manifest
from pipelines.write.parquet import parquet_part
from tokenizer.training import train_tokenizer

SETTINGS = {"inputs": ["posts", "export.csv"], "max_len": 64}
LABELS = {"category": ["tea"], "author": ["Bo", "Ann"]}
SHA = "00" * 31 + "a1"


@pytest.fixture
def output(tmp_path, tokenizer):
    """A dataset of one post."""
    folder = str(tmp_path)
    files = []
    with parquet_part(folder, "posts/part-a.parquet", POSTS_SCHEMA, group_rows=64, files=files) as posts:
        posts.write(dict.fromkeys(POSTS_SCHEMA.names) | {"content_sha256": SHA, "split": "test"})
    shards = {"path": "shards/split=test/bucket=16/part-a.parquet", "rows": 1, "bytes": 1, "sha256": ""}
    facts = {"settings": SETTINGS, "tokenizer_sha256": tokenizer.sha256, "labels": LABELS, "units": ["u1", "u2"]}
    write_tokenizer(tokenizer, output=folder)
    write_manifest(folder, format_="blogvae-dataset/1", files=[*files, shards], **facts)
    return folder


def test_a_folder_of_nothing_is_no_earlier_run(tmp_path):
    earlier = earlier_run(str(tmp_path), SETTINGS, overwrite=False)
    assert (earlier.manifest, earlier.tokenizer(), earlier.labels()) == (None, None, None)
    assert (earlier.units(), earlier.posts_paths()) == (set(), [])


def test_with_the_same_settings_tokenizer_labels_and_splits_are_kept(output, tokenizer):
    earlier = earlier_run(output, SETTINGS, overwrite=False)
    assert earlier.tokenizer().sha256 == tokenizer.sha256
    assert earlier.labels() == LABELS
    assert earlier.units() == {"u1", "u2"}
    (path,) = earlier.posts_paths()
    known = read_known(path)
    assert [(row["content"].hex(), row["split"]) for row in known.rows] == [("00" * 31 + "a1", split_code("test"))]


def test_a_dataset_made_before_there_were_labels_has_none_to_keep(output):
    manifest = read_json(f"{output}/MANIFEST.json")
    del manifest["labels"]
    write_json(f"{output}/MANIFEST.json", manifest)
    earlier = earlier_run(output, SETTINGS, overwrite=False)
    assert earlier.labels() is None
    assert earlier.units() == {"u1", "u2"}


def test_inputs_may_be_more(output, tokenizer):
    grown = {**SETTINGS, "inputs": ["more", "export.csv", "posts"]}
    assert earlier_run(output, grown, overwrite=False).tokenizer().sha256 == tokenizer.sha256


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"inputs": ["posts"]}, "other inputs"), ({"max_len": 32}, "other max_len"), ({"unit": "post"}, "other unit")],
)
def test_other_settings_or_fewer_inputs_are_refused_unless_overwritten(output, changed, told):
    with pytest.raises(UserError, match=rf"holds another run's output \({told}\).*--overwrite"):
        earlier_run(output, SETTINGS | changed, overwrite=False)
    assert earlier_run(output, SETTINGS | changed, overwrite=True).manifest is None


@pytest.mark.parametrize("manifest", [b"{", b"[]", b"null", b"{}", b""])
def test_a_broken_manifest_is_refused_unless_overwritten(output, manifest):
    write_bytes(f"{output}/MANIFEST.json", manifest)
    with pytest.raises(UserError, match="--overwrite"):
        earlier_run(output, SETTINGS, overwrite=False)
    assert earlier_run(output, SETTINGS, overwrite=True).posts_paths() == []


@pytest.mark.parametrize("model", [b"", b"no model", None])
def test_a_tokenizer_that_is_gone_or_broken_is_none(output, model, tmp_path):
    path = tmp_path / tokenizer_path(output)
    path.unlink() if model is None else path.write_bytes(model)
    assert earlier_run(output, SETTINGS, overwrite=False).tokenizer() is None


def test_a_tokenizer_that_is_not_the_manifests_is_none(output, tmp_path, sentences):
    (tmp_path / tokenizer_path(output)).write_bytes(train_tokenizer(sentences[:50], vocab_size=520).model)
    assert earlier_run(output, SETTINGS, overwrite=False).tokenizer() is None


@pytest.mark.parametrize("size", [100, None])
def test_a_posts_file_that_was_lost_or_cut_short_is_left_aside(output, tmp_path, size):
    path = tmp_path / "posts/part-a.parquet"
    path.unlink() if size is None else path.write_bytes(path.read_bytes()[:size])
    assert earlier_run(output, SETTINGS, overwrite=False).posts_paths() == []
