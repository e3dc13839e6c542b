import pytest
from filelock import FileLock

from vae.errors import UserError
from vae.model_folder.safe_writes import only_writer_to, replace_text


def test_a_text_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "calibration.json"
    path.write_text("old")
    replace_text(path, "new")
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["calibration.json"]


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "calibration.json"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        replace_text(path, "\ud800")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["calibration.json"]


def test_a_second_writer_to_a_folder_is_refused(tmp_path):
    with (
        FileLock(tmp_path / ".lock"),
        pytest.raises(UserError, match=f"another run is writing to {tmp_path}"),
        only_writer_to(tmp_path),
    ):
        pass
    with only_writer_to(tmp_path):
        assert (tmp_path / ".lock").exists()
