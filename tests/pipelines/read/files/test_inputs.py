import io
import json
import os
import zipfile

import pytest
from apache_beam.io.filesystem import FileMetadata, FileSystem
from listings import names, write_zip

from pipelines.errors import UserError
from pipelines.read.files.input_file import InputFile
from pipelines.read.files.inputs import NO_FILE, SkippedFile, list_inputs
from pipelines.read.reader import read_raw_posts

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


def test_a_folder_is_listed_with_all_below_it(folder):
    listing = list_inputs([f"{folder}/posts/"])
    assert listing.files == (
        InputFile(path=f"{folder}/posts/a.csv", name="a.csv", size=5, kind="csv"),
        InputFile(path=f"{folder}/posts/b.txt", name="b.txt", size=5, kind="text"),
        InputFile(path=f"{folder}/posts/deep/er/c.MD", name="deep/er/c.MD", size=5, kind="text"),
    )
    assert listing.skipped == (
        SkippedFile(path=f"{folder}/posts/deep/LICENSE", kind=""),
        SkippedFile(path=f"{folder}/posts/image.png", kind=".png"),
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
    assert [post.content for file in listing.files for post in read_raw_posts(file, columns=None)] == ["Words", "Words"]
    assert list_inputs(["shelf://bucket/posts/*.txt"]).files == listing.files[:1]
    assert list_inputs(["shelf://bucket/posts/a.txt"]).files == listing.files[:1]


def test_compressed_files_are_listed_with_their_kind(folder):
    (folder / "posts/a.csv").rename(folder / "posts/a.csv.GZ")
    (folder / "posts/b.txt").rename(folder / "posts/b.ndjson.zst")
    (folder / "posts/notes.gz").write_bytes(b"")
    listing = list_inputs([str(folder / "posts")])
    assert [(file.name, file.kind, file.compression) for file in listing.files] == [
        ("a.csv.GZ", "csv", "gz"),
        ("b.ndjson.zst", "jsonl", "zst"),
        ("deep/er/c.MD", "text", ""),
    ]
    assert [skipped.kind for skipped in listing.skipped] == ["", ".png", ".gz"]


def test_the_members_of_an_archive_are_listed(folder):
    write_zip(
        folder / "posts/export.zip",
        {
            "posts/": b"",
            "posts/c.csv": b"content\n",
            "posts/deep/d.txt.gz": b"Words",
            "__MACOSX/posts/._c.csv": b"x",
            "posts/.hidden.csv": b"x",
            ".git/e.txt": b"x",
            "image.png": b"x",
        },
    )
    listing = list_inputs([str(folder / "posts")])
    path = f"{folder}/posts/export.zip"
    of_archive = [file for file in listing.skipped if file.path.startswith(path)]
    assert [(file.path.removeprefix(f"{path}/"), file.kind, file.why) for file in of_archive] == [
        (".git/e.txt", ".txt", "hidden"),
        ("__MACOSX/posts/._c.csv", ".csv", "hidden"),
        ("image.png", ".png", ""),
        ("posts/.hidden.csv", ".csv", "hidden"),
    ]
    assert listing.files[3:] == (
        InputFile(path=path, name="export.zip/posts/c.csv", size=8, kind="csv", member="posts/c.csv", places=(1,)),
        InputFile(
            path=path,
            name="export.zip/posts/deep/d.txt.gz",
            size=5,
            kind="text",
            compression="gz",
            member="posts/deep/d.txt.gz",
            places=(2,),
        ),
    )
    assert names([path]) == ["export.zip/posts/c.csv", "export.zip/posts/deep/d.txt.gz"]


def zipped(members):
    data = io.BytesIO()
    write_zip(data, members)
    return data.getvalue()


def test_archives_within_archives_are_read_to_the_third(tmp_path):
    inner = zipped({"Page 0123456789abcdef0123456789abcdef.md": b"# Page\n\nWords."})
    deeper = zipped({"third.zip": zipped({"c.md": b"C", "fourth.zip": zipped({"d.md": b"D"})})})
    write_zip(tmp_path / "a.zip", {"Part-1.zip": inner, "second.zip": deeper, "b.txt": b"B", "bad.zip": b"PK no"})
    listing = list_inputs([str(tmp_path / "a.zip")])
    assert [file.name for file in listing.files] == [
        "a.zip/Part-1.zip/Page 0123456789abcdef0123456789abcdef.md",
        "a.zip/b.txt",
        "a.zip/bad.zip",
        "a.zip/second.zip/third.zip/c.md",
    ]
    assert [file.path for file in listing.skipped] == [f"{tmp_path}/a.zip/second.zip/third.zip/fourth.zip"]
    read = [item for file in listing.files for item in read_raw_posts(file, columns=None)]
    assert [getattr(item, "content", item.source) for item in read] == ["Words.", "B", "a.zip/bad.zip", "C"]
    assert read[2].reason == "unreadable"


def test_an_archive_of_archives_alone_is_read(tmp_path):
    write_zip(tmp_path / "a.zip", {"inner.zip": zipped({"b.md": b"B"})})
    assert names([tmp_path / "a.zip"]) == ["a.zip/inner.zip/b.md"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_read_each(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for words in (b"One", b"Two", b"Three"):
            archive.writestr("deep/a.txt", words)
        archive.writestr("b", b"x")
    files = list_inputs([str(tmp_path / "a.zip")]).files
    assert [(post.post_id, post.content) for file in files for post in read_raw_posts(file, columns=None)] == [
        ("a.zip/deep/a", "One"),
        ("a.zip/deep/a~2", "Two"),
        ("a.zip/deep/a~3", "Three"),
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../up.txt", "up.txt"),
        ("../../etc/x.txt", "etc/x.txt"),
        ("/abs/x.txt", "abs/x.txt"),
        ("posts\\x.txt", "posts/x.txt"),
        ("C:\\posts\\x.txt", "posts/x.txt"),
        ("./x.txt", "x.txt"),
    ],
)
def test_a_member_whose_name_leads_out_of_the_archive_is_read_by_the_rest_of_it(tmp_path, name, shown):
    write_zip(tmp_path / "a.zip", {name: b"Words"})
    (file,) = list_inputs([str(tmp_path / "a.zip")]).files
    assert file.name == f"a.zip/{shown}"
    assert [post.content for post in read_raw_posts(file, columns=None)] == ["Words"]


def test_a_member_named_in_utf8_that_does_not_say_so(tmp_path):
    write_zip(tmp_path / "a.zip", {"caf??.txt": b"Words"})
    data = (tmp_path / "a.zip").read_bytes().replace(b"caf??", "caf\xe9".encode())
    (tmp_path / "a.zip").write_bytes(data)
    assert names([tmp_path / "a.zip"]) == ["a.zip/caf\xe9.txt"]


def test_members_that_two_archives_share_are_led_by_their_folders(tmp_path):
    for name in ("x/a.zip", "y/a.zip"):
        (tmp_path / name).parent.mkdir()
        write_zip(tmp_path / name, {"p.txt": b"Words"})
    assert names([tmp_path / "x", tmp_path / "y"]) == ["x/a.zip/p.txt", "y/a.zip/p.txt"]


def test_an_archive_with_nothing_to_read_is_skipped(folder):
    write_zip(folder / "posts/images.zip", {"a.png": b"x"})
    listing = list_inputs([str(folder / "posts")])
    assert SkippedFile(path=f"{folder}/posts/images.zip", kind=".zip") in listing.skipped
    assert len(listing.files) == 3


def test_a_damaged_archive_is_listed_to_be_rejected(folder):
    (folder / "posts/export.zip").write_bytes(b"PK no more")
    (file,) = list_inputs([str(folder / "posts/export.zip")]).files
    assert file == InputFile(path=f"{folder}/posts/export.zip", name="export.zip", size=10, kind="unreadable")


def encrypted(path, members):
    """Sets the flags that say so; Python writes none."""
    write_zip(path, members)
    data = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(header)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(header, at + 1)
    path.write_bytes(data)


def test_an_encrypted_archive_is_listed_once_to_be_rejected(folder):
    encrypted(folder / "posts/export.zip", {"a.txt": b"Words", "b.txt": b"Words"})
    listing = list_inputs([str(folder / "posts/export.zip")])
    assert [(file.name, file.kind) for file in listing.files] == [("export.zip", "unreadable")]


def write_dataset(folder, *, format_="blogvae-dataset/1", listed=("posts/part-a.parquet",)):
    for name in (
        *("posts/part-a.parquet", "posts/part-stale.parquet", "rejects/part-a.parquet", "part-b.parquet"),
        *("shards/split=train/bucket=64/part-a.parquet", ".work/clean/part-a.parquet", "README.md", "stats.xml"),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    files = [{"path": path, "rows": 1} for path in listed]
    (folder / "MANIFEST.json").write_text(json.dumps({"format": format_, "files": files}))


def test_of_a_dataset_the_posts_in_its_manifest_are_listed(tmp_path):
    write_dataset(
        tmp_path / "in/dataset",
        listed=["posts/part-a.parquet", "rejects/part-a.parquet", "shards/split=train/bucket=64/part-a.parquet"],
    )
    (tmp_path / "in/b.txt").write_text("Words")
    assert names([tmp_path / "in/dataset"]) == ["posts/part-a.parquet"]
    assert names([tmp_path / "in"]) == ["b.txt", "dataset/posts/part-a.parquet"]
    assert list_inputs([str(tmp_path / "in")]).skipped == ()


def test_of_variations_the_parts_in_their_manifest_are_listed(tmp_path):
    listed = ["part-b.parquet", "rejects/part-a.parquet"]
    write_dataset(tmp_path / "variations", format_="blogvae-variations/1", listed=listed)
    assert names([tmp_path / "variations"]) == ["part-b.parquet"]


@pytest.mark.parametrize("manifest", ['{"format": "another/1", "files": []}', "[]", "no json", '{"format": 1}'])
def test_a_folder_with_another_manifest_is_listed_whole(folder, manifest):
    (folder / "posts/MANIFEST.json").write_text(manifest)
    assert names([folder / "posts"]) == ["MANIFEST.json", "a.csv", "b.txt", "deep/er/c.MD"]


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


@pytest.mark.parametrize("pattern", ["", " ", "/", "//"])
def test_nothing_and_the_whole_disk_are_refused(pattern):
    with pytest.raises(UserError) as error:
        list_inputs([pattern])
    assert str(error.value) == f"--input {pattern!r}: names no folder of posts; give a file, folder or glob"


def test_what_would_be_waited_for_is_skipped(folder):
    pipe = folder / "posts/pipe.txt"
    os.mkfifo(pipe)
    os.mkfifo(folder / "posts/MANIFEST.json")
    (folder / "posts/endless.csv").symlink_to("/dev/zero")
    listing = list_inputs([f"{folder}/posts"])
    assert [file.name for file in listing.files] == ["a.csv", "b.txt", "deep/er/c.MD"]
    assert SkippedFile(path=str(pipe), kind=NO_FILE) in listing.skipped
    assert [file.kind for file in listing.skipped].count(NO_FILE) == 3
    with pytest.raises(UserError, match=r"pipe.txt: nothing to read \(found: pipe or device\)"):
        list_inputs([str(pipe)])


def test_a_kind_of_path_no_library_here_reads_is_told():
    with pytest.raises(UserError, match="never://posts: no such kind of path here"):
        list_inputs(["never://posts"])
