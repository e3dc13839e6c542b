import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read import lines
from pipelines.read.lines import ODD_BREAK, RECORD_LIMIT, read_lines, restore_breaks


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
    assert list(read_lines(io.BytesIO(data))) == lines_of_it


def test_a_break_that_ends_no_row_of_the_file_does_not_end_a_line():
    (_, line) = read_lines(io.BytesIO(b"id\nb\rc\n"))
    assert (ODD_BREAK.sub("|", line), restore_breaks(line)) == ("b|c\n", "b\rc\n")
    (_, line) = read_lines(io.BytesIO(b"id\rb\nc\r"))
    assert (ODD_BREAK.sub("|", line), restore_breaks(line)) == ("b|c\r", "b\nc\r")


@given(st.lists(st.sampled_from(["a", "é", "–", "\r", "\n", "\r\n", "\u2028"]), max_size=40))
@pytest.mark.usefixtures("small_chunks")
def test_lines_are_the_whole_text_and_do_not_depend_on_chunks(parts):
    text = "".join(parts)
    in_chunks = list(read_lines(io.BytesIO(text.encode())))
    assert restore_breaks("".join(in_chunks)) == text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_CHUNK_BYTES", 1 << 20)
        assert list(read_lines(io.BytesIO(text.encode()))) == in_chunks


@pytest.mark.usefixtures("small_chunks")
def test_utf16_is_read_by_its_byte_order_mark():
    assert list(read_lines(io.BytesIO("naïve\r\nrow\n".encode("utf-16")))) == ["naïve\r\n", "row\n"]


def test_byte_order_mark_and_nul_bytes_are_left_out():
    assert list(read_lines(io.BytesIO(b"\xef\xbb\xbfa\0,b\n"))) == ["a,b\n"]


def test_a_line_without_end_is_not_held_whole():
    class Endless(io.RawIOBase):
        left = 64

        def read(self, size=-1):
            self.left -= 1
            return b"x" * size if self.left > 0 else b"\nrow\n" if self.left == 0 else b""

    endless, row = read_lines(Endless())
    assert RECORD_LIMIT < len(endless) < 6 * RECORD_LIMIT
    assert row == "row\n"
