"""Tables, lines of JSON and JSON in another charset than UTF-8."""

import gzip
import io
import json

import pytest

from pipelines.read.charsets.translated import as_utf8
from pipelines.read.files.inputs import list_inputs
from pipelines.read.reader import cut_file, read_raw_posts

RUSSIAN = [f"Зима наступила, и дети катаются на санках, уже {number} дней." for number in range(3)]
JAPANESE = [
    f"冬が来て、子供たちは雪の中で遊んでいます。表{number}" for number in range(3)
]  # its last byte is a backslash


def posts_of(path):
    [file] = list_inputs([str(path)]).files
    return [(post.content, post.charset) for post in read_raw_posts(file, columns=None)]


def lines_of_json(texts):
    return "".join(json.dumps({"body": text}, ensure_ascii=False) + "\n" for text in texts)


@pytest.mark.parametrize(
    ("texts", "codec"), [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp")]
)
def test_tables_and_lines_are_read_in_the_charset_they_seem_to_be_in(texts, codec, tmp_path):
    table = tmp_path / "a.csv"
    table.write_bytes(("title,content\n" + "".join(f'T,"{text}"\n' for text in texts)).encode(codec))
    lines = tmp_path / "a.jsonl"
    lines.write_bytes(lines_of_json(texts).encode(codec))
    assert posts_of(table) == posts_of(lines) == [(text, codec) for text in texts]


def test_json_too(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps([{"body": text} for text in RUSSIAN], ensure_ascii=False).encode("koi8_r"))
    assert [content for content, _ in posts_of(path)] == RUSSIAN


def test_a_compressed_table_too(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(("content\n" + "\n".join(RUSSIAN)).encode("cp1251")))
    assert posts_of(path) == [(text, "cp1251") for text in RUSSIAN]


def test_such_a_table_is_not_cut(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("content\n" + "\n".join(RUSSIAN)).encode("cp1251"))
    [file] = list_inputs([str(path)]).files
    assert cut_file(file, columns=None, part_bytes=1) == []


@pytest.mark.parametrize("data", [b"", b"plain", "content\nÖl\nÄrger\nÜbel\nSpaß\n".encode() + b"caf\xe9\n"])
def test_utf_8_is_left_as_it_is(data):
    translated = as_utf8(io.BytesIO(data))
    assert (translated.charset, translated.stream.read()) == ("", data)


def test_a_byte_that_is_none_of_the_charset_stays(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("content\n" + "\n".join(RUSSIAN * 9)).encode("cp1251") + b"\nend \x98\n")
    [file] = list_inputs([str(path)]).files
    *posts, last = read_raw_posts(file, columns=None)
    assert [post.content for post in posts] == RUSSIAN * 9
    assert last.content == "end \u02dc"  # as Windows-1252 has it
