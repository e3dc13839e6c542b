import os

import pytest

from pipelines.read.files.links import CLOSED_FOLDER, DANGLING, LINKED_FOLDER, unfollowed_below


def test_links_to_folders_and_to_nothing_are_found_at_any_depth(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").touch()
    (tmp_path / "deep" / "file").symlink_to(tmp_path / "a.txt")
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    assert set(unfollowed_below(str(tmp_path))) == {
        (str(tmp_path / "deep" / "up"), LINKED_FOLDER),
        (str(tmp_path / "gone"), DANGLING),
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root opens every folder")
def test_a_folder_that_cannot_be_opened_is_told(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    assert list(unfollowed_below(str(tmp_path))) == [(str(closed), CLOSED_FOLDER)]


@pytest.mark.parametrize("folder", ["gs://bucket/posts", "no/such/folder"])
def test_nothing_is_told_of_a_store_or_of_what_is_no_folder(folder):
    assert list(unfollowed_below(folder)) == []
