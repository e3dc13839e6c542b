import gzip
import io
import os
import zipfile

import pyarrow as pa
import pytest
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import FileError
from pipelines.read.files.archive import forget_archive
from pipelines.read.files.input_file import InputFile
from pipelines.read.files.inputs import list_inputs
from pipelines.read.files.opening import open_input
from pipelines.read.files.source import UnreadableError

LINES = b"".join(b"%d %s\n" % (n, os.urandom(30).hex().encode()) for n in range(20_000))


def zst(data):
    return pa.compress(data, codec="zstd").to_pybytes()


def stored(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    (file,) = list_inputs([str(tmp_path / name)]).files
    return file


def zipped(**members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return archive.getvalue()


def contents(file):
    with open_input(file) as stream:
        return stream.read()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", LINES),
        ("a.csv.gz", gzip.compress(LINES)),
        ("a.csv.gz", gzip.compress(LINES[:1000]) + gzip.compress(b"") + gzip.compress(LINES[1000:]) + b"\0" * 10),
        ("a.csv.zst", zst(LINES)),
        ("a.csv.zst", zst(LINES[:1000]) + zst(LINES[1000:])),
        ("a.zip", zipped(**{"deep/a.csv": LINES})),
        ("a.zip", zipped(**{"deep/a.csv.gz": gzip.compress(LINES)})),
        ("a.zip", zipped(**{"a.csv.zst": zst(LINES)})),
    ],
)
def test_any_compression_is_undone(tmp_path, name, data):
    assert contents(stored(tmp_path, name, data)) == LINES


def test_bytes_that_only_look_compressed_are_left_as_they_are(tmp_path):
    data = gzip.compress(b"Words")
    assert contents(stored(tmp_path, "a.csv", data)) == data


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv.gz", gzip.compress(LINES)[:-2000], "EOFError: .* ended before"),
        ("a.csv.gz", gzip.compress(LINES) + b"more", "BadGzipFile: Not a gzipped file"),
        ("a.csv.gz", gzip.compress(LINES)[:-8] + b"12345678", "BadGzipFile: CRC check failed"),
        ("a.csv.zst", zst(LINES)[:-2000], "OSError: Truncated compressed stream"),
        ("a.csv.zst", zst(LINES) + b"more", "OSError: ZSTD decompress failed"),
    ],
)
def test_what_comes_before_the_damage_is_given_and_then_the_damage_is_told(tmp_path, name, data, message):
    file = stored(tmp_path, name, data)
    given = []
    with pytest.raises(UnreadableError, match=message), open_input(file) as stream:
        given.append(stream.read())
    assert LINES.startswith(given[0])
    assert len(given[0]) > len(LINES) - 200_000


def test_a_damaged_member_costs_itself_alone(tmp_path):
    data = bytearray(zipped(**{"a.txt": LINES, "b.txt": b"Words"}))
    data[1000:1100] = b"x" * 100
    (tmp_path / "a.zip").write_bytes(data)
    damaged, sound = list_inputs([str(tmp_path / "a.zip")]).files
    with pytest.raises(UnreadableError, match=r"error: Error -3|BadZipFile: Bad CRC-32"):
        contents(damaged)
    assert contents(sound) == b"Words"


def test_an_archive_that_was_replaced_is_read_anew(tmp_path):
    file = stored(tmp_path, "a.zip", zipped(**{"a.txt": b"Old"}))
    assert contents(file) == b"Old"
    (tmp_path / "a.zip").write_bytes(zipped(**{"a.txt": b"New", "b.txt": b""}))
    os.utime(tmp_path / "a.zip", (1, 1))
    assert contents(file) == b"New"


@pytest.mark.parametrize("places", [(), (0,)])
def test_a_file_that_is_gone_is_not_damaged(tmp_path, places):
    member = "a.txt" if places else ""
    with pytest.raises(OSError, match=r"No such file|does not exist"):
        contents(InputFile(path=str(tmp_path / "gone"), name="gone", size=1, kind="text", member=member, places=places))


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.zip"])
def test_a_store_that_says_no_number_is_no_damage_either(tmp_path, name, monkeypatch):
    """Clients of stores raise kinds of OSError of their own."""
    data = zipped(**{"a.csv": LINES}) if name == "a.zip" else LINES
    file = stored(tmp_path, name, data)

    def refuse(path, compression_type):
        raise OSError("Service Unavailable")

    class Refusing(io.BytesIO):
        def read(self, size=-1):
            raise OSError("Service Unavailable")

    for opening in (refuse, lambda path, compression_type: Refusing(data)):
        monkeypatch.setattr(FileSystems, "open", opening)
        forget_archive()
        with pytest.raises(OSError, match=r"Service Unavailable|its directory broke off"):
            contents(file)


def test_a_member_that_is_gone_is_told(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped(**{"a.txt": b""}))
    with pytest.raises(UnreadableError, match="IndexError"):
        contents(InputFile(path=str(tmp_path / "a.zip"), name="b", size=1, kind="text", member="b.txt", places=(1,)))


class Breaking(io.BytesIO):
    """A connection that is lost after some bytes."""

    def read(self, size=-1):
        if self.tell() >= 100_000:
            raise ConnectionResetError("connection lost")
        return super().read(min(size, 10_000))


@pytest.mark.parametrize(
    ("name", "data"), [("a.csv", LINES), ("a.csv.gz", gzip.compress(LINES)), ("a.csv.zst", zst(LINES))]
)
def test_a_read_that_breaks_off_is_no_damage(tmp_path, name, data, monkeypatch):
    file = stored(tmp_path, name, data)
    monkeypatch.setattr(FileSystems, "open", lambda path, compression_type: Breaking(data))
    with pytest.raises(ConnectionResetError, match="connection lost"):
        contents(file)


def test_a_member_can_be_read_again_after_a_read_that_broke_off(tmp_path, monkeypatch):
    data = zipped(**{"a.csv": LINES})
    file = stored(tmp_path, "a.zip", data)
    with open_input(file) as stream:
        stream.read(10)
    os.utime(tmp_path / "a.zip", (1, 1))
    with monkeypatch.context() as patch:
        lost = io.BytesIO(data)
        patch.setattr(FileSystems, "open", lambda path, compression_type: lost)
        with pytest.raises(ValueError, match="closed file"), open_input(file) as stream:  # noqa: PT012 - the connection
            lost.close()
            stream.read()
    assert contents(file) == LINES


@pytest.mark.parametrize("error", [FileExistsError(17, "no space"), FileError("b.txt cannot be read")])
def test_what_goes_wrong_in_the_block_stays_what_it_is(tmp_path, error):
    file = stored(tmp_path, "a.txt", b"Words")
    with pytest.raises(type(error)), open_input(file):
        raise error
