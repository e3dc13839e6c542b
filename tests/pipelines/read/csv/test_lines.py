import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.csv import lines
from pipelines.read.csv.lines import ODD_BREAK, RECORD_LIMIT, read_blocks, restore_breaks, split_lines


def read_lines(stream):
    return [line for block in read_blocks(stream) for line in split_lines(block.text)]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(lines, "_CHUNK_BYTES", 5)


@pytest.mark.parametrize(
    ("data", "lines_of_it"),
    [
        (b"a\nb\r\nc\x0b\x85\n\ne", ["a\n", "b\r\n", "c\x0b…\n", "\n", "e"]),
        (b"a\r\nb\r\n", ["a\r\n", "b\r\n"]),
        (b"a\rb\r\nc\r\rd", ["a\r", "b\r\n", "c\r", "\r", "d"]),
        (b"a\r", ["a\r"]),
        (b"a", ["a"]),
        (b"", []),
    ],
)
def test_lines_keep_their_ends(data, lines_of_it):
    assert read_lines(io.BytesIO(data)) == lines_of_it


def test_a_break_that_ends_no_row_of_the_file_does_not_end_a_line():
    (_, line) = read_lines(io.BytesIO(b"id\nb\rc\n"))
    assert (ODD_BREAK.sub("|", line), restore_breaks(line)) == ("b|c\n", "b\rc\n")
    (_, line) = read_lines(io.BytesIO(b"id\rb\nc\r"))
    assert (ODD_BREAK.sub("|", line), restore_breaks(line)) == ("b|c\r", "b\nc\r")


@given(st.lists(st.sampled_from(["a", "é", "–", "\r", "\n", "\r\n", "\u2028"]), max_size=40))
@pytest.mark.usefixtures("small_chunks")
def test_lines_are_the_whole_text_and_do_not_depend_on_chunks(parts):
    text = "".join(parts)
    in_chunks = read_lines(io.BytesIO(text.encode()))
    assert restore_breaks("".join(in_chunks)) == text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_CHUNK_BYTES", 1 << 20)
        assert read_lines(io.BytesIO(text.encode())) == in_chunks


@pytest.mark.usefixtures("small_chunks")
def test_utf16_is_read_by_its_byte_order_mark():
    assert read_lines(io.BytesIO("naïve\r\nrow\n".encode("utf-16"))) == ["naïve\r\n", "row\n"]


def test_byte_order_mark_and_nul_bytes_are_left_out():
    assert read_lines(io.BytesIO(b"\xef\xbb\xbfa\0,b\n")) == ["a,b\n"]


def test_a_line_without_end_is_not_held_whole():
    class Endless(io.RawIOBase):
        left = 24

        def read(self, size=-1):
            self.left -= 1
            return b"x" * size if self.left > 0 else b"\nrow\n" if self.left == 0 else b""

    assert read_lines(Endless()) == ["x" * (RECORD_LIMIT + 1) + "\n", "row\n"]


@given(
    st.lists(st.sampled_from([b"a", "é".encode(), b"\xe9", b"\r", b"\n", b"\r\n", b"\0"]), max_size=40),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
@pytest.mark.usefixtures("small_chunks")
def test_the_lines_behind_any_line_can_be_read_from_their_byte_on(parts, mark):
    data = mark + b"".join(parts)
    blocks = list(read_blocks(io.BytesIO(data)))
    every_line = [line for block in blocks for line in split_lines(block.text)]
    behind = 0
    for block in blocks[:-1]:  # none can begin behind the last line
        read = 0
        for line in split_lines(block.text):
            behind += 1
            read += len(line)
            offset = block.offset_after(read)
            rest = read_blocks(io.BytesIO(data[offset:]), offset=offset, row_end=block.row_end)
            assert [line for block in rest for line in split_lines(block.text)] == every_line[behind:]


def test_a_translation_has_no_offsets():
    (block,) = read_blocks(io.BytesIO("a\nb\n".encode("utf-16")))
    assert (block.text, block.offset, block.offset_after(2)) == ("a\nb\n", None, None)
