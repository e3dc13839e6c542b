import pytest

from pipelines.dataset.previous_run import earlier_run, read_known
from pipelines.dataset.train_tokenizer import tokenizer_path, write_tokenizer
from pipelines.dedup.keys import split_code
from pipelines.errors import UserError
from pipelines.posts.schemas import POSTS_SCHEMA
from pipelines.write.atomic import read_json, write_bytes, write_json
from pipelines.write.manifest import write_manifest
from pipelines.write.parquet import parquet_part
from tokenizer.training import train_tokenizer

SETTINGS = {"inputs": ["posts", "export.csv"], "max_len": 64}
LABELS = {"category": ["tea"], "author": ["Bo", "Ann"]}
SHA = "00" * 31 + "a1"


@pytest.fixture
def output(tmp_path, tokenizer):
    """The folder of a dataset that holds one post."""
    folder = str(tmp_path)
    files = []
    with parquet_part(folder, "posts/part-a.parquet", POSTS_SCHEMA, group_rows=64, files=files) as posts:
        posts.write(dict.fromkeys(POSTS_SCHEMA.names) | {"content_sha256": SHA, "split": "test"})
    shards = {"path": "shards/split=test/bucket=16/part-a.parquet", "rows": 1, "bytes": 1, "sha256": ""}
    facts = {"settings": SETTINGS, "tokenizer_sha256": tokenizer.sha256, "labels": LABELS, "units": ["u1", "u2"]}
    write_tokenizer(tokenizer, output=folder)
    write_manifest(folder, format_="blogvae-dataset/1", files=[*files, shards], **facts)
    return folder


def test_an_empty_folder_holds_no_earlier_run(tmp_path):
    previous = earlier_run(str(tmp_path), SETTINGS, overwrite=False)
    assert (previous.manifest, previous.tokenizer(), previous.labels()) == (None, None, None)
    assert (previous.units(), previous.posts_paths()) == (set(), [])


def test_with_the_same_settings_tokenizer_labels_and_splits_are_kept(output, tokenizer):
    previous = earlier_run(output, SETTINGS, overwrite=False)
    assert previous.tokenizer().sha256 == tokenizer.sha256
    assert previous.labels() == LABELS
    assert previous.units() == {"u1", "u2"}
    (path,) = previous.posts_paths()
    known = read_known(path)
    assert [(row["content"].hex(), row["split"]) for row in known.rows] == [("00" * 31 + "a1", split_code("test"))]


def test_a_manifest_without_labels_gives_none(output):
    manifest = read_json(f"{output}/MANIFEST.json")
    del manifest["labels"]
    write_json(f"{output}/MANIFEST.json", manifest)
    previous = earlier_run(output, SETTINGS, overwrite=False)
    assert previous.labels() is None
    assert previous.units() == {"u1", "u2"}


def test_more_inputs_continue_the_earlier_run(output, tokenizer):
    grown = {**SETTINGS, "inputs": ["more", "export.csv", "posts"]}
    assert earlier_run(output, grown, overwrite=False).tokenizer().sha256 == tokenizer.sha256


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"inputs": ["posts"]}, "other inputs"), ({"max_len": 32}, "other max_len"), ({"unit": "post"}, "other unit")],
)
def test_other_settings_or_fewer_inputs_are_refused_unless_overwritten(output, changed, message):
    with pytest.raises(UserError, match=rf"holds another run's output \({message}\).*--overwrite"):
        earlier_run(output, SETTINGS | changed, overwrite=False)
    assert earlier_run(output, SETTINGS | changed, overwrite=True).manifest is None


@pytest.mark.parametrize("manifest", [b"{", b"[]", b"null", b"{}", b""])
def test_a_broken_manifest_is_refused_unless_overwritten(output, manifest):
    write_bytes(f"{output}/MANIFEST.json", manifest)
    with pytest.raises(UserError, match="--overwrite"):
        earlier_run(output, SETTINGS, overwrite=False)
    assert earlier_run(output, SETTINGS, overwrite=True).posts_paths() == []


@pytest.mark.parametrize("model", [b"", b"no model", None])
def test_a_missing_or_broken_tokenizer_gives_none(output, model, tmp_path):
    path = tmp_path / tokenizer_path(output)
    path.unlink() if model is None else path.write_bytes(model)
    assert earlier_run(output, SETTINGS, overwrite=False).tokenizer() is None


def test_a_tokenizer_other_than_the_manifests_gives_none(output, tmp_path, sentences):
    (tmp_path / tokenizer_path(output)).write_bytes(train_tokenizer(sentences[:50], vocab_size=520).model)
    assert earlier_run(output, SETTINGS, overwrite=False).tokenizer() is None


@pytest.mark.parametrize("size", [100, None])
def test_a_missing_or_truncated_posts_file_is_not_read(output, tmp_path, size):
    path = tmp_path / "posts/part-a.parquet"
    path.unlink() if size is None else path.write_bytes(path.read_bytes()[:size])
    assert earlier_run(output, SETTINGS, overwrite=False).posts_paths() == []
