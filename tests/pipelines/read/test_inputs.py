import io

import pytest
from apache_beam.io.filesystem import FileMetadata, FileSystem

from pipelines.errors import UserError
from pipelines.read.inputs import InputFile, SkippedFile, list_inputs
from pipelines.read.reader import read_posts

STORED = {"shelf://bucket/posts/a.txt": b"Words", "shelf://bucket/posts/deep/b.csv": b"id,content\n1,Words\n"}


class Shelf(FileSystem):
    """An object store without folders, as gs:// is."""

    @classmethod
    def scheme(cls):
        return "shelf"

    def has_dirs(self):
        return False

    def _list(self, prefix):
        return (FileMetadata(path, len(data)) for path, data in STORED.items() if path.startswith(prefix))

    def exists(self, path):
        return path in STORED

    def metadata(self, path):
        return FileMetadata(path, len(STORED[path]))

    def open(self, path, mime_type="", compression_type="auto"):
        return io.BytesIO(STORED[path])

    join = split = mkdirs = create = copy = rename = size = last_updated = checksum = delete = None


@pytest.fixture
def folder(tmp_path):
    for name in ("posts/b.txt", "posts/deep/er/c.MD", "posts/a.csv", "posts/image.png", "posts/deep/LICENSE"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"12345")
    return tmp_path


def names(patterns):
    return [file.name for file in list_inputs([str(pattern) for pattern in patterns]).files]


def test_a_folder_is_listed_with_all_below_it(folder):
    listing = list_inputs([f"{folder}/posts/"])
    assert listing.files == (
        InputFile(path=f"{folder}/posts/a.csv", name="a.csv", size=5, kind="csv"),
        InputFile(path=f"{folder}/posts/b.txt", name="b.txt", size=5, kind="text"),
        InputFile(path=f"{folder}/posts/deep/er/c.MD", name="deep/er/c.MD", size=5, kind="text"),
    )
    assert listing.skipped == (
        SkippedFile(path=f"{folder}/posts/deep/LICENSE", suffix=""),
        SkippedFile(path=f"{folder}/posts/image.png", suffix=".png"),
    )


def test_a_file_and_a_glob(folder):
    assert names([folder / "posts/b.txt"]) == ["b.txt"]
    assert names([folder / "posts/*.txt"]) == ["b.txt"]
    assert names([folder / "po*/**.MD"]) == ["posts/deep/er/c.MD"]


def test_relative_paths(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names(["posts"]) == names(["./posts"]) == ["a.csv", "b.txt", "deep/er/c.MD"]
    monkeypatch.chdir(folder / "posts")
    assert names(["b.txt"]) == names(["*.txt"]) == ["b.txt"]
    assert names(["."]) == ["a.csv", "b.txt", "deep/er/c.MD"]


def test_a_folder_whose_name_looks_like_a_glob(folder):
    (folder / "posts").rename(folder / "posts [1]")
    (folder / "posts (1]").mkdir()
    (folder / "posts (1]" / "other.txt").write_text("no")
    assert names([folder / "posts [1]"]) == ["a.csv", "b.txt", "deep/er/c.MD"]
    assert names([folder / "posts [1]" / "b.txt"]) == ["b.txt"]


def test_a_file_named_by_two_inputs_is_listed_once(folder):
    assert names([folder / "posts", folder / "posts/*.txt", folder / "posts"]) == ["a.csv", "b.txt", "deep/er/c.MD"]


def test_names_two_inputs_share_are_led_by_their_folders(tmp_path):
    for name in ("x/posts/a.txt", "x/posts/b.txt", "y/posts/a.txt", "z/a.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Words")
    inputs = [tmp_path / "x/posts", tmp_path / "y/posts", tmp_path / "z"]
    assert names(inputs) == ["x/posts/a.txt", "b.txt", "y/posts/a.txt", "z/a.txt"]
    assert names(inputs) == names(reversed(inputs))


def test_a_store_without_folders_is_listed_and_read_alike():
    listing = list_inputs(["shelf://bucket/posts"])
    assert [(file.name, file.size, file.kind) for file in listing.files] == [
        ("a.txt", 5, "text"),
        ("deep/b.csv", 19, "csv"),
    ]
    assert [post.content for file in listing.files for post in read_posts(file, columns=None)] == ["Words", "Words"]
    assert list_inputs(["shelf://bucket/posts/*.txt"]).files == listing.files[:1]
    assert list_inputs(["shelf://bucket/posts/a.txt"]).files == listing.files[:1]


@pytest.mark.parametrize("missing", ["nowhere", "posts/*.tsv", "posts/none.txt"])
def test_what_is_not_there_is_told(folder, missing):
    with pytest.raises(UserError, match="no such file, folder or match; check --input") as error:
        list_inputs([f"{folder}/posts", f"{folder}/{missing}"])
    assert str(error.value).startswith(f"{folder}/{missing}: ")


def test_nothing_to_read_is_told_with_what_was_found(folder):
    (folder / "empty").mkdir()
    with pytest.raises(UserError, match=r"empty: nothing to read \(found: nothing\); give a place with \.txt"):
        list_inputs([f"{folder}/empty"])
    with pytest.raises(UserError, match=r"image.png: nothing to read \(found: \.png\)"):
        list_inputs([f"{folder}/posts/image.png"])


def test_a_kind_of_path_no_library_here_reads_is_told():
    with pytest.raises(UserError, match="never://posts: no such kind of path here"):
        list_inputs(["never://posts"])
