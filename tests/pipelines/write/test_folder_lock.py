import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import UserError
from pipelines.write.folder_lock import only_run_on

HOLDER = """
import sys
from pipelines.write.folder_lock import only_run_on
with only_run_on(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_missing_folder_is_made(tmp_path):
    with only_run_on(str(tmp_path / "deep/out")):
        assert (tmp_path / "deep/out").is_dir()


def test_the_lock_is_free_again_after_a_run_and_after_a_failure(tmp_path):
    with pytest.raises(ValueError, match="broken"), only_run_on(str(tmp_path)):
        raise ValueError("broken")
    with only_run_on(str(tmp_path)):
        pass


def test_a_remote_folder_has_a_lease(store):
    with (
        only_run_on("memory://bucket/out"),
        pytest.raises(UserError, match="another run is writing to memory://bucket/out"),
        only_run_on("memory://bucket/out"),
    ):
        pass
    with only_run_on("memory://bucket/out"):
        assert list(store) == ["memory://bucket/out/.lock"]
    assert store == {}


def test_a_second_run_is_refused_until_the_first_process_is_dead(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(UserError, match=f"another run is writing to {tmp_path}"), only_run_on(str(tmp_path)):
            pass
        holder.kill()
    with only_run_on(str(tmp_path)):
        pass


def test_a_file_in_the_place_of_the_folder_is_a_user_error(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="file cannot be a folder to write to"), only_run_on(str(tmp_path / "file")):
        pass
    assert (tmp_path / "file").read_text() == "mine"
