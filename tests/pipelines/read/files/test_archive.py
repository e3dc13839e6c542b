import io
import zipfile

import pytest
from listings import write_zip

from pipelines.read.files.archive import Member, forget_archive, list_members, open_archive, open_member
from pipelines.read.files.source import UnreadableError


@pytest.fixture
def path(tmp_path):
    inner = io.BytesIO()
    write_zip(inner, {"b.txt": "Inner"})
    write_zip(tmp_path / "a.zip", {"folder/": "", "a.txt": "Outer", "../c\\d.txt": "", "in.zip": inner.getvalue()})
    yield str(tmp_path / "a.zip")
    forget_archive()


def test_members_are_listed_with_those_of_inner_archives(path):
    assert list_members(path) == [
        Member(name="a.txt", places=(1,), size=5),
        Member(name="c\\d.txt", places=(2,), size=0),
        Member(name="in.zip/b.txt", places=(3, 0), size=5),
    ]


def test_a_member_is_opened_by_its_indices(path):
    assert open_member(open_archive(path), 1).read() == b"Outer"
    assert open_member(open_archive(path, (3,)), 0).read() == b"Inner"


def test_an_archive_stays_open_until_it_is_forgotten(path):
    first = open_archive(path)
    assert open_archive(path) is first
    forget_archive()
    assert open_archive(path) is not first


def test_the_second_member_of_a_name_gets_a_number(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", "")
    assert [member.name for member in list_members(str(tmp_path / "a.zip"))] == ["a.txt", "a~2.txt"]


def test_a_file_that_is_no_archive_is_unreadable(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"Words")
    with pytest.raises(UnreadableError, match="BadZipFile: File is not a zip file"):
        open_archive(str(tmp_path / "a.zip"))
