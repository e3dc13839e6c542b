import pytest

from pipelines.read.files.file_kinds import kind_of, without_suffix


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.txt", ("text", "")),
        ("deep.d/a.MARKDOWN", ("text", "")),
        ("a.b.csv", ("csv", "")),
        ("a.tsv.gz", ("csv", "gz")),
        ("a.ndjson.ZST", ("jsonl", "zst")),
        ("a.parquet", ("parquet", "")),
        ("a.xml", ("wxr", "")),
        ("feed.atom", ("wxr", "")),
        ("a.gz", ("", "gz")),
        ("a.csv.gz.gz", ("", "gz")),
        ("a.zip", ("", "")),
        ("folder.txt/LICENSE", ("", "")),
        (".txt", ("", "")),
    ],
)
def test_a_name_tells_what_reads_it(name, found):
    assert kind_of(name) == found


@pytest.mark.parametrize(
    ("name", "short"), [("x.zip/a.b.txt", "x.zip/a.b"), ("a.csv.gz", "a"), ("a.html.ZST", "a"), ("d.x/a", "d.x/a")]
)
def test_both_suffixes_are_left_out(name, short):
    assert without_suffix(name) == short
