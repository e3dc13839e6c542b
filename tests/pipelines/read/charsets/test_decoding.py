import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.charsets.decoding import Decoded, decode_file, decode_utf8, has_undecodable, printable


@given(st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"])))
def test_utf8_is_read_as_it_is(text):
    assert decode_file(text.encode()) == Decoded(text=text, undecodable=False)


@given(st.binary())
def test_any_bytes_give_a_text_that_can_be_written(data):
    decoded = decode_file(data)
    decoded.text.encode()
    assert "\0" not in decoded.text


def test_byte_order_marks_are_read_and_left_out():
    assert decode_file(b"\xef\xbb\xbfna\xc3\xafve").text == "naïve"
    assert decode_file("naïve".encode("utf-16")).text == "naïve"
    assert decode_file(b"\xfe\xff" + "naïve".encode("utf-16-be")).text == "naïve"


def test_nul_bytes_are_left_out():
    assert decode_file(b"a\0b\0") == Decoded(text="ab", undecodable=False)


def test_a_stray_cp1252_line_does_not_spoil_the_others():
    assert decode_file("déjà\n".encode() + b"caf\xe9 \x93quoted\x94\n" + "vu – là".encode()) == Decoded(
        text="déjà\ncafé “quoted”\nvu – là", undecodable=False
    )


def test_a_line_of_both_encodings_keeps_both():
    assert decode_file("“déjà” ".encode() + b"caf\xe9").text == "“déjà” café"


@pytest.mark.parametrize("data", [b"a\x81b", b"\xff\xfea\x00b", b"\xff\xfe\x00\xd8"])
def test_bytes_of_no_encoding_are_told_and_stand_as_replacement_characters(data):
    decoded = decode_file(data)
    assert decoded.undecodable
    assert "\ufffd" in decoded.text


def test_a_replacement_character_of_the_author_is_no_undecodable_byte():
    assert decode_file("lost \ufffd before".encode()) == Decoded(text="lost \ufffd before", undecodable=False)


def test_rows_keep_their_undecodable_bytes_until_they_are_judged():
    text = decode_utf8(b"caf\xe9 \x81")
    assert has_undecodable(text)
    assert printable(text) == "café \ufffd"
    assert not has_undecodable("café")
