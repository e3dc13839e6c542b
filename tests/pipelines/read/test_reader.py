import io

import pytest
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.posts import RawPost, Reject
from pipelines.read import reader
from pipelines.read.inputs import InputFile, list_inputs
from pipelines.read.reader import read_posts


def input_file(path, *, kind, size=1):
    return InputFile(path=str(path), name=path.name, size=size, kind=kind)


def test_files_are_read_by_their_kind_and_named_by_their_place_in_the_input(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/one.txt").write_text("One")
    (tmp_path / "two.tsv").write_text("id\tcontent\n2\tTwo\n3\n")
    files = list_inputs([str(tmp_path)]).files
    results = [result for file in files for result in read_posts(file, columns=None)]
    assert results == [
        RawPost(source="deep/one.txt", position=0, post_id="deep/one", title="one", content="One"),
        RawPost(source="two.tsv", position=1, post_id="2", content="Two"),
        Reject(source="two.tsv", position=2, stage="read", reason="field count", value="1", threshold="2", excerpt="3"),
    ]


def test_columns_reach_the_csv_reader(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1,Words\n")
    assert [post.content for post in read_posts(input_file(path, kind="csv"), columns={"content": "2"})] == ["Words"]
    with pytest.raises(UserError, match=r"a.csv: no content column"):
        list(read_posts(input_file(path, kind="csv"), columns=None))


@pytest.mark.parametrize("kind", ["text", "csv"])
def test_a_file_that_cannot_be_opened_is_a_reject(tmp_path, kind):
    (reject,) = read_posts(input_file(tmp_path / "gone", kind=kind), columns=None)
    assert (reject.source, reject.position, reject.stage, reject.reason) == ("gone", 0, "read", "unreadable")
    assert reject.value.startswith("FileNotFoundError: ")


@pytest.mark.parametrize("kind", ["text", "csv"])
def test_a_file_one_may_not_read_is_a_reject(tmp_path, kind, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(FileSystems, "open", refuse)  # the tests may run as root, whom no mode stops
    (reject,) = read_posts(input_file(tmp_path / "a", kind=kind), columns=None)
    assert reject.reason == "unreadable"
    assert "Permission denied" in reject.value


class Breaking(io.BytesIO):
    def read(self, size=-1):
        if self.tell():
            raise OSError("connection lost")
        return super().read(8)


def test_a_text_file_that_breaks_off_is_a_reject(tmp_path, monkeypatch):
    def fail(data, *, source):
        raise MemoryError

    monkeypatch.setattr(reader, "read_text_file", fail)
    path = tmp_path / "a.txt"
    path.write_text("Words")
    (reject,) = read_posts(input_file(path, kind="text"), columns=None)
    assert reject.reason == "unreadable"


def test_an_export_that_breaks_off_raises_for_the_runner_to_retry(tmp_path, monkeypatch):
    monkeypatch.setattr(FileSystems, "open", lambda path: Breaking(b"content\nOne\nTwo\n"))
    with pytest.raises(OSError, match="connection lost"):
        list(read_posts(input_file(tmp_path / "a.csv", kind="csv"), columns=None))


def test_a_text_file_too_long_to_hold_is_a_reject(tmp_path):
    (reject,) = read_posts(input_file(tmp_path / "a.txt", kind="text", size=1 << 27), columns=None)
    assert (reject.reason, reject.value, reject.threshold) == ("file too long", "134217728", "67108864")
