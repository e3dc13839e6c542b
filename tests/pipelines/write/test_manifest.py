import pytest

from pipelines.errors import UserError
from pipelines.write.atomic import read_json, write_bytes
from pipelines.write.manifest import (
    ConservationError,
    check_same_run,
    conserve,
    remove_leftovers,
    write_manifest,
)

SETTINGS = {"seed": 0, "max_len": 64}


@pytest.fixture
def folder(tmp_path):
    write_manifest(str(tmp_path), format_="f/1", files=[], settings=SETTINGS)
    return str(tmp_path)


def test_the_manifest_lists_files_sorted_by_path(tmp_path):
    files = [{"path": "b"}, {"path": "a"}]
    write_manifest(str(tmp_path), format_="f/1", files=files, settings=SETTINGS, counts={"posts": 2})
    assert read_json(f"{tmp_path}/MANIFEST.json") == {
        "format": "f/1",
        "settings": SETTINGS,
        "counts": {"posts": 2},
        "files": [{"path": "a"}, {"path": "b"}],
    }


def test_parts_that_add_up_are_accepted():
    conserve("rows read", 5, posts=3, rejects=2)


@pytest.mark.parametrize("posts", [2, 4])
def test_a_row_that_vanished_or_appeared_stops_the_job(posts):
    with pytest.raises(ConservationError, match=rf"5 rows read, but {posts} posts \+ 2 rejects"):
        conserve("rows read", 5, posts=posts, rejects=2)


def test_the_manifest_of_a_run_with_the_same_settings_is_returned(folder):
    assert check_same_run(folder, SETTINGS, overwrite=False) == {"format": "f/1", "settings": SETTINGS, "files": []}


def test_a_folder_without_a_manifest_gives_none(tmp_path):
    assert check_same_run(str(tmp_path), SETTINGS, overwrite=False) is None


def test_other_settings_are_refused_by_name_unless_overwritten(folder):
    with pytest.raises(UserError, match=r"other max_len, unit\).*--overwrite"):
        check_same_run(folder, {"seed": 0, "max_len": 32, "unit": "post"}, overwrite=False)
    assert check_same_run(folder, {"seed": 1}, overwrite=True) is None


def test_settings_that_may_change_or_grow_may_differ(tmp_path, folder):
    assert check_same_run(folder, {**SETTINGS, "max_len": 32}, overwrite=False, may_change=["max_len"])
    write_manifest(str(tmp_path), format_="f/1", files=[], settings={"inputs": ["b"]})
    assert check_same_run(folder, {"inputs": ["a", "b"]}, overwrite=False, may_grow=["inputs"])
    with pytest.raises(UserError, match="other inputs"):
        check_same_run(folder, {"inputs": ["a"]}, overwrite=False, may_grow=["inputs"])


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_broken_manifest_is_refused_unless_overwritten(tmp_path, text):
    (tmp_path / "MANIFEST.json").write_text(text)
    with pytest.raises(UserError, match="--overwrite"):
        check_same_run(str(tmp_path), SETTINGS, overwrite=False)
    assert check_same_run(str(tmp_path), SETTINGS, overwrite=True) is None


def test_leftovers_are_the_files_among_the_globs_that_are_not_kept(tmp_path):
    names = [
        *("part-1.parquet", "part-2.parquet", "part-1.parquet.temporary-9"),
        *("rejects/part-1.parquet", "rejects/part-2.parquet", "rejects/deep/part-3.parquet"),
        *("mine.parquet", "MANIFEST.json", "other/part-2.parquet"),
    ]
    for name in names:
        write_bytes(f"{tmp_path}/{name}", b"")
    keep = ["part-1.parquet", "rejects/part-1.parquet"]
    assert remove_leftovers(str(tmp_path), keep=keep, among=("part-*", "rejects/**")) == 4
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {*keep, "mine.parquet", "MANIFEST.json", "other/part-2.parquet"}
    assert remove_leftovers(str(tmp_path), keep=keep, among=("part-*", "rejects/**")) == 0
