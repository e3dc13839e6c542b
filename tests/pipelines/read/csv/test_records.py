import io

import pytest

from pipelines.read.csv import lines
from pipelines.read.csv.dialect import Dialect
from pipelines.read.csv.lines import read_blocks
from pipelines.read.csv.record_shape import RecordShape
from pipelines.read.csv.records import BrokenRecord, RecordReader

COMMA = Dialect(delimiter=",")


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(lines, "_CHUNK_BYTES", 5)


def reader_of(data, **more):
    return RecordReader(read_blocks(io.BytesIO(data)), dialect=COMMA, **more)


def test_the_first_record_sets_the_shape_of_the_others():
    reader = reader_of(b"id,content,\n1,One\n2,Two,,,\n3\n")
    assert list(reader) == [
        ["id", "content", ""],
        ["1", "One", ""],
        ["2", "Two", ""],
        BrokenRecord(reason="field count", value="1", threshold="3", excerpt="3"),
    ]
    assert reader.shape == RecordShape(dialect=COMMA, width=3, named=2)


def test_a_reader_with_a_shape_begins_behind_the_first_record():
    shape = RecordShape(dialect=COMMA, width=2, named=2)
    assert next(reader_of(b"1,One\n2\n", shape=shape)) == ["1", "One"]


def test_lines_of_a_record_left_open_are_read_again():
    (first, *others) = reader_of(b'1,"One\n2,Two\n3,Three\n', shape=RecordShape(dialect=COMMA, width=2, named=2))
    assert first == BrokenRecord(reason="unclosed quote", excerpt='1,"One')
    assert others == [["2", "Two"], ["3", "Three"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.usefixtures("small_chunks")
def test_lines_are_skipped_over_blocks(encoding):
    reader = reader_of("a\nb\nc\n1\n2\n".encode(encoding))
    reader.skip_lines(3)
    assert list(reader) == [["1"], ["2"]]


@pytest.mark.usefixtures("small_chunks")
def test_where_the_next_record_begins_is_a_byte_or_in_utf16_a_line():
    reader = reader_of(b'a\n"b\nb"\nc\n')
    assert [(record, reader.next_record_begins()) for record in reader][:2] == [(["a"], (2, 0)), (["b\nb"], (8, 0))]
    reader = reader_of('a\n"b\nb"\nc\n'.encode("utf-16"))
    assert [reader.next_record_begins() for _ in reader] == [(0, 1), (0, 3), (0, 4)]
