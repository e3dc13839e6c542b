import errno

import pytest
from apache_beam.io.filesystem import BeamIOError

from pipelines.errors import FileError, TemporaryFileError, UserError, as_file_error, unusable


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device; make room there"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "Disk quota exceeded; make room there"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied; check the disk and your access to it"),
        (OSError("connection\nlost"), "connection lost; check the disk and your access to it"),
        (OSError(), "OSError; check the disk and your access to it"),
        (OSError(OSError(errno.ENOSPC, "No space left on device")), "No space left on device; make room there"),
        (
            BeamIOError("Rename operation failed", {("a", "b"): OSError(errno.ENOSPC, "No space left on device")}),
            "No space left on device; make room there",
        ),
    ],
)
def test_an_error_of_the_system_names_the_file_the_cause_and_a_remedy(error, message):
    with pytest.raises(FileError) as raised, as_file_error("out/a.txt", "written"):
        raise error
    assert str(raised.value) == f"out/a.txt cannot be written: {message}, and give the same command again"
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (OSError("503 slow down"), TemporaryFileError, 1),
        (BeamIOError("Match operation failed", {"a": "503"}), TemporaryFileError, 1),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), TemporaryFileError, 1),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), TemporaryFileError, 1),
        (OSError(errno.ENOSPC, "No space left on device"), FileError, 2),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), FileError, 2),
    ],
)
def test_an_error_that_may_be_over_soon_has_another_exit_code(error, kind, code):
    with pytest.raises(FileError) as raised, as_file_error("out/a.txt", "written"):
        raise error
    assert (type(raised.value), raised.value.exit_code) == (kind, code)


def test_a_file_error_of_an_inner_block_keeps_its_message():
    message = r"^a\.txt cannot be read: gone; "
    with pytest.raises(FileError, match=message), as_file_error("out", "written"), as_file_error("a.txt", "read"):
        raise OSError("gone")


def test_other_errors_pass_through():
    with pytest.raises(ValueError, match="broken"), as_file_error("a.txt", "read"):
        raise ValueError("broken")


def test_a_file_error_is_both_a_user_error_and_an_os_error():
    assert issubclass(FileError, UserError)
    assert issubclass(FileError, OSError)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError("503 slow down"), TemporaryFileError),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), UserError),
        (ValueError("no YAML"), UserError),
    ],
)
def test_a_file_may_be_unusable_for_a_moment_only(error, kind):
    made = unusable("a.yaml: no rules", error)
    assert (type(made), str(made)) == (kind, "a.yaml: no rules")
