import csv
import gzip
import io
import json
import pickle
import zipfile
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import FileError, UserError
from pipelines.posts.post import RawPost, Reject
from pipelines.read import reader
from pipelines.read.files.input_file import InputFile
from pipelines.read.files.inputs import list_inputs
from pipelines.read.reader import cut_file, read_raw_posts


def input_file(path, *, kind, size=1):
    return InputFile(path=str(path), name=path.name, size=size, kind=kind)


def test_files_are_read_by_their_kind_and_named_by_their_place_in_the_input(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/one.txt").write_text("One")
    (tmp_path / "two.tsv").write_text("id\tcontent\n2\tTwo\n3\n")
    files = list_inputs([str(tmp_path)]).files
    results = [result for file in files for result in read_raw_posts(file, columns=None)]
    assert results == [
        RawPost(
            source="deep/one.txt", position=0, post_id="deep/one", title="one", content="One", content_kind="plain"
        ),
        RawPost(source="two.tsv", position=1, post_id="2", content="Two"),
        Reject(source="two.tsv", position=2, stage="read", reason="field count", value="1", threshold="2", excerpt="3"),
    ]


def test_columns_reach_the_csv_reader(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1,Words\n")
    assert [post.content for post in read_raw_posts(input_file(path, kind="csv"), columns={"content": "2"})] == [
        "Words"
    ]
    with pytest.raises(UserError, match=r"a.csv: no content column"):
        list(read_raw_posts(input_file(path, kind="csv"), columns=None))


@pytest.mark.parametrize("kind", ["text", "csv", "json"])
def test_a_file_that_cannot_be_opened_fails_and_is_named(tmp_path, kind):
    with pytest.raises(FileError, match=rf"^{tmp_path}/gone cannot be read: No such file or directory; check the disk"):
        list(read_raw_posts(input_file(tmp_path / "gone", kind=kind), columns=None))


@pytest.mark.parametrize("kind", ["text", "csv"])
def test_a_file_one_may_not_read_fails_and_is_named(tmp_path, kind, monkeypatch):
    def refuse(path, compression_type):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(FileSystems, "open", refuse)  # the tests may run as root, whom no mode stops
    with pytest.raises(FileError, match=rf"^{tmp_path}/a cannot be read: Permission denied; "):
        list(read_raw_posts(input_file(tmp_path / "a", kind=kind), columns=None))


class Breaking(io.BytesIO):
    def read(self, size=-1):
        if self.tell():
            raise OSError("connection lost")
        return super().read(8)


def test_a_fault_of_ours_is_no_reject(tmp_path, monkeypatch):
    def fail(data, **_):
        raise KeyError("ours")

    monkeypatch.setattr(reader, "read_text_file", fail)
    path = tmp_path / "a.txt"
    path.write_text("Words")
    with pytest.raises(KeyError, match="ours"):
        list(read_raw_posts(input_file(path, kind="text"), columns=None))


def test_an_export_that_breaks_off_raises_for_the_runner_to_retry(tmp_path, monkeypatch):
    monkeypatch.setattr(FileSystems, "open", lambda path, compression_type: Breaking(b"content\nOne\nTwo\n"))
    with pytest.raises(FileError, match=r"a\.csv cannot be read: connection lost; "):
        list(read_raw_posts(input_file(tmp_path / "a.csv", kind="csv"), columns=None))


def test_a_text_file_too_long_to_hold_is_a_reject(tmp_path):
    (reject,) = read_raw_posts(input_file(tmp_path / "a.txt", kind="text", size=1 << 27), columns=None)
    assert (reject.reason, reject.value, reject.threshold) == ("file too long", "134217728", "67108864")


def test_a_compressed_text_too_long_to_hold_is_a_reject(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "TEXT_FILE_LIMIT", 50)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"x" * 51))
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"x" * 50))
    long, fits = (item for file in list_inputs([str(tmp_path)]).files for item in read_raw_posts(file, columns=None))
    assert (long.reason, long.threshold) == ("file too long", "50")
    assert fits.content == "x" * 50


ROWS = [{"id": str(n), "title": f"Title {n}", "text": f"Words, more of {n}.\n" * 9} for n in range(100)]
ITEM = (
    "<item><title>{title}</title><content:encoded><![CDATA[{text}]]></content:encoded><wp:post_id>{id}</wp:post_id>"
    "<wp:post_type>post</wp:post_type><wp:status>publish</wp:status></item>"
)


def table():
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", "title", "text"])
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def parquet():
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), file, row_group_size=7)
    return file.getvalue()


EXPORTS = {
    "a.csv": table(),
    "a.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS).encode(),
    "a.parquet": parquet(),
    "a.xml": f"<rss><channel>{''.join(ITEM.format(**row) for row in ROWS)}</channel></rss>".encode(),
}


def zst(data):
    return pa.compress(data, codec="zstd").to_pybytes()


def cells(items):
    return [(item.position, item.post_id, item.title, item.content) for item in items]


def only_file(path):
    (file,) = list_inputs([str(path)]).files
    return file


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("compression", ["", ".gz", ".zst", ".zip"])
def test_an_export_of_any_kind_and_compression_gives_the_same_posts(tmp_path, name, compression):
    path = tmp_path / f"{name}{compression}"
    if compression == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, EXPORTS[name])
    else:
        path.write_bytes({"": bytes, ".gz": gzip.compress, ".zst": zst}[compression](EXPORTS[name]))
    items = list(read_raw_posts(only_file(path), columns=None))
    assert cells(items) == [(n + 1, row["id"], row["title"], row["text"]) for n, row in enumerate(ROWS)]
    assert {item.source for item in items} == {f"{path.name}/{name}" if compression == ".zip" else path.name}


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
@pytest.mark.parametrize("part_bytes", [1, 1000, 5000])
def test_part_after_part_is_the_whole(tmp_path, name, part_bytes):
    (tmp_path / name).write_bytes(EXPORTS[name])
    file = only_file(tmp_path / name)
    parts = pickle.loads(pickle.dumps(cut_file(file, columns=None, part_bytes=part_bytes)))
    assert len(parts) > 1
    assert len({part.sha256 for part in parts}) == len(parts)
    items = [item for part in parts for item in read_raw_posts(file, columns=None, part=part)]
    assert items == list(read_raw_posts(file, columns=None))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"content\nOne\n"),
        ("a.csv.gz", gzip.compress(EXPORTS["a.csv"])),
        ("a.xml", EXPORTS["a.xml"]),
        ("a.txt", b"Words " * 100),
        ("a.parquet", b"PAR1 no more"),
        ("a.zip", b"PK no more"),
    ],
)
def test_what_is_small_compressed_or_read_from_start_to_end_is_not_cut(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    assert cut_file(only_file(tmp_path / name), columns=None, part_bytes=12) == []


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xml"])
@pytest.mark.parametrize(("suffix", "compress"), [(".gz", gzip.compress), (".zst", zst)])
def test_of_a_truncated_export_the_rows_before_are_kept_and_its_end_is_one_reject(tmp_path, name, suffix, compress):
    rows = [{"id": str(n), "title": "T", "text": Random(n).randbytes(400).hex()} for n in range(1_500)]
    text = {
        "a.csv": "id,title,text\n" + "".join(f"{row['id']},T,{row['text']}\n" for row in rows),
        "a.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "a.xml": f"<rss><channel>{''.join(ITEM.format(**row) for row in rows)}</channel></rss>",
    }[name]
    data = compress(text.encode())
    (tmp_path / f"{name}{suffix}").write_bytes(data[: len(data) * 2 // 3])
    *posts, reject = read_raw_posts(only_file(tmp_path / f"{name}{suffix}"), columns=None)
    assert [(post.position, post.content) for post in posts] == [
        (n + 1, rows[n]["text"]) for n in range(reject.position - 1)
    ]
    assert 700 < len(posts) < 1_000
    assert (reject.reason, reject.stage) == ("damaged file", "read")
    assert "Error: " in reject.value


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.csv.gz", b"no gzip", "BadGzipFile: Not a gzipped file (b'no')"),
        ("a.csv.zst", b"no zstd", "OSError: ZSTD decompress failed: Unknown frame descriptor"),
        ("a.txt.gz", gzip.compress(b"Words")[:-4], "EOFError: "),
        ("a.parquet", b"PAR1 no more", "ArrowInvalid: Parquet magic bytes not found in footer."),
        ("a.parquet.gz", gzip.compress(EXPORTS["a.parquet"])[:-100], "EOFError: "),
        ("a.zip", b"PK no more", "BadZipFile: File is not a zip file"),
    ],
)
def test_a_file_that_is_damaged_from_the_start_is_one_reject(tmp_path, name, data, told):
    (tmp_path / name).write_bytes(data)
    (reject,) = read_raw_posts(only_file(tmp_path / name), columns=None)
    assert (reject.source, reject.position, reject.stage, reject.reason) == (name, 0, "read", "unreadable")
    assert reject.value.startswith(told)


def test_an_encrypted_archive_is_one_reject(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", b"Words")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    (reject,) = read_raw_posts(only_file(tmp_path / "a.zip"), columns=None)
    assert (reject.reason, reject.value) == ("unreadable", "it asks for a password; unpack it and give the folder")


def test_a_parquet_file_damaged_in_the_middle_is_told_and_its_posts_before_are_kept(tmp_path):
    data = bytearray(EXPORTS["a.parquet"])
    chunk = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(9).column(2)
    data[chunk.dictionary_page_offset : chunk.dictionary_page_offset + 60] = b"\xff" * 60
    (tmp_path / "a.parquet").write_bytes(data)
    *posts, reject = read_raw_posts(only_file(tmp_path / "a.parquet"), columns=None)
    assert cells(posts) == [(n + 1, row["id"], row["title"], row["text"]) for n, row in enumerate(ROWS[:62])]
    assert (reject.position, reject.reason) == (63, "damaged file")


def test_the_posts_of_a_dataset_are_read(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/part-a.parquet").write_bytes(EXPORTS["a.parquet"])
    manifest = {"format": "blogvae-dataset/1", "files": [{"path": "posts/part-a.parquet"}]}
    (tmp_path / "MANIFEST.json").write_text(json.dumps(manifest))
    assert len(list(read_raw_posts(only_file(tmp_path), columns=None))) == 100
