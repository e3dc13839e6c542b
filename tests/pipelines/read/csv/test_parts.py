import io
from itertools import pairwise

import pytest
from dirty_tables import dirty_tables
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.posts.post import Reject
from pipelines.read.csv import lines, records
from pipelines.read.csv.file import read_csv_file
from pipelines.read.csv.parts import csv_parts, read_csv_part


def cut(data, *, part_bytes=10, columns=None):
    return csv_parts(io.BytesIO(data), source="a.csv", columns=columns, part_bytes=part_bytes)


def read(data, part):
    return list(read_csv_part(io.BytesIO(data), part, source="a.csv"))


def read_whole(data, *, columns=None):
    return list(read_csv_file(io.BytesIO(data), source="a.csv", columns=columns))


def table(rows):
    return ("id,title,content\n" + "".join(f'{n},T,"Content {n}\nof post"\n' for n in range(1, rows + 1))).encode()


PIECES = [
    '"',
    ",",
    "\n",
    "\r\n",
    "\r",
    "a",
    "b c",
    '""',
    ',"',
    '",',
    "\x81",
    "\0",
    "é",
    "–",
    '\\"',
    ";",
    " ",
    "|",
    "\\",
]
ROWS = ["1,T,C\n", '2,"T","C\nd"\n', "3,T,C\r\n", "4,T,C\r", '5,"T",C,\n', "\n\n", '6,T,"x\n', "\n"]
HEADS = [
    "id,title,content\n",
    "id,title,content,\r\n",
    "id,title,content\r",
    "\n\ncontent\n",
    "sep=;\nid;title;content\n",
]
HEADLESS = '1,2020-01-01,A title,"Words and words and words\nand words"\n'


@st.composite
def dirty_texts(draw):
    text = draw(st.sampled_from([*HEADS, HEADLESS])) + "".join(
        draw(st.lists(st.sampled_from(PIECES + ROWS * 2), max_size=40))
    )
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"]))
    return text.encode(encoding, "replace")


@given(
    data=st.one_of(dirty_texts(), dirty_tables().map(lambda table: table.dirty)),
    chunk_bytes=st.sampled_from([3, 7, 20]),
    limit=st.sampled_from([20, 60, 1 << 22]),
    part_bytes=st.sampled_from([1, 10, 50]),
)
def test_part_after_part_is_the_whole_and_each_depends_on_its_own_bytes_alone(data, chunk_bytes, limit, part_bytes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_CHUNK_BYTES", chunk_bytes)
        for module in (lines, records):
            patch.setattr(module, "RECORD_LIMIT", limit)
        try:
            whole = read_whole(data)
        except UserError:
            assume(False)
        parts = cut(data, part_bytes=part_bytes)
        by_part = [read(data, part) for part in parts]
        assert [result for results in by_part for result in results] == whole
        for (part, after), results in zip(pairwise(parts), by_part, strict=False):
            assert read(data[: after.offset] + b'",x\n', part) == results


def test_parts_begin_at_the_first_record_after_so_many_bytes():
    data = table(9)
    parts = cut(data, part_bytes=60)
    assert [(part.first, part.records) for part in parts] == [(1, 3), (4, 3), (7, 3)]
    assert [data[part.offset :][:4] for part in parts] == [b"1,T,", b"4,T,", b"7,T,"]
    assert parts[0].state.layout.positions == {"id": 0, "title": 1, "content": 2}


def test_a_part_is_known_by_its_bytes_its_place_and_what_the_columns_are():
    data = table(9)
    hashes = [part.sha256 for part in cut(data, part_bytes=60)]
    assert len(set(hashes)) == 3
    assert [part.sha256 for part in cut(data + b"10,T,More\n", part_bytes=60)][:2] == hashes[:2]
    changed = [part.sha256 for part in cut(data.replace(b"Content 5", b"CONTENT 5"), part_bytes=60)]
    assert [new == old for new, old in zip(changed, hashes, strict=True)] == [True, False, True]
    renamed = [part.sha256 for part in cut(data.replace(b"title", b"words"), part_bytes=60)]
    assert not set(renamed) & set(hashes)
    longer = [part.sha256 for part in cut(data.replace(b"id,", b"id,,,"), part_bytes=60)]
    assert not set(longer) & set(hashes)


def test_lines_looked_at_to_judge_a_record_are_in_its_part():
    data = b'id,title,content\n1,T,"open\n2,T,C\n3,T,C\n4,T,"C"\n5,T,C\n6,T,C\n'
    assert [(part.first, part.records) for part in cut(data, part_bytes=1)] == [(1, 4), (5, 1), (6, 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_smaller_than_a_part_or_of_utf16_is_one(encoding):
    data = table(9).decode().encode(encoding)
    (part,) = cut(data, part_bytes=1 << 20 if encoding == "utf-8" else 1)
    assert (part.first, part.records) == (1, 9)
    assert read(data, part) == read_whole(data)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_one_part_that_says_so(data):
    (part,) = cut(data)
    assert read(data, part) == [Reject(source="a.csv", position=0, stage="read", reason="empty file")]


@pytest.mark.parametrize("data", [b"id,content", b"id,content\r", b"id,content\n\n"])
def test_a_header_alone_is_one_part_without_posts(data):
    (part,) = cut(data)
    assert (part.records, read(data, part)) == (0, [])


def test_columns_asked_for_reach_every_part():
    data = b"a,b\nOne,1\nTwo,2\n"
    parts = cut(data, part_bytes=1, columns={"content": "a", "id": "2"})
    assert [(post.post_id, post.content) for part in parts for post in read(data, part)] == [("1", "One"), ("2", "Two")]


def test_a_file_without_content_is_the_users_mistake():
    with pytest.raises(UserError, match=r"a.csv: no content column among a, b"):
        cut(b"a,b\n1,2\n")


@pytest.mark.parametrize(("column", "kind"), [("content", "markdown"), ("html", "html")])
def test_posts_are_of_the_kind_given_unless_the_name_of_the_column_tells(column, kind):
    data = f"id,{column}\n1,Words\n".encode()
    (part,) = cut(data)
    (post,) = read_csv_part(io.BytesIO(data), part, source="a.csv", content_kind="markdown")
    assert post.content_kind == kind
