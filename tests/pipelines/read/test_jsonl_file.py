import io
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.posts.post import RawPost, Reject
from pipelines.read import jsonl_file
from pipelines.read.jsonl_file import cut_jsonl_file, read_jsonl_file


def read(data, *, columns=None, part=None):
    data = data if isinstance(data, bytes) else data.encode()
    return list(read_jsonl_file(io.BytesIO(data), source="posts.jsonl", columns=columns, part=part))


def told(results):
    return [(each.position, each.content if isinstance(each, RawPost) else each.reason) for each in results]


def test_an_object_a_line_is_a_post():
    record = {
        "id": 7,
        "title": "A title",
        "author": {"name": "Jane Doe", "email": "x"},
        "published_at": "2023-12-05T10:00:00Z",
        "category": "news",
        "tags": [{"name": "a, b"}, {"name": "c"}],
        "html": "<p>Words</p>\n",
        "unread": {"deep": [1]},
    }
    assert read(json.dumps(record)) == [
        RawPost(
            source="posts.jsonl",
            position=1,
            post_id="7",
            title="A title",
            author="Jane Doe",
            date="2023-12-05",
            category=("news",),
            tags=("a, b", "c"),
            content="<p>Words</p>\n",
            content_kind="html",
        )
    ]


def test_objects_of_other_keys_in_one_file():
    results = read('{"text": "One", "name": "x"}\n{"title": "T", "body": "Two"}\n')
    assert [(post.title, post.content) for post in results] == [("", "One"), ("T", "Two")]


def test_keys_asked_for():
    (post,) = read('{"name": "T", "text": "No", "story": "Yes"}', columns={"title": "name", "content": "story"})
    assert (post.title, post.content) == ("T", "Yes")


def test_posts_of_wordpress_rest_interface():
    (post,) = read('{"id": 1, "status": "publish", "title": {"rendered": "T"}, "content": {"rendered": "<p>A</p>"}}')
    assert (post.title, post.content) == ("T", "<p>A</p>")


def test_drafts_are_rejects():
    (reject,) = read('{"text": "One", "status": "draft"}')
    assert (reject.reason, reject.value) == ("not published", "draft")


def test_line_ends_blank_lines_and_marks_are_no_records():
    data = b'\xef\xbb\xbf{"text": "One"}\r\n\r\n  \n{"text": "Two"}\n\xef\xbb\xbf{"text": "Three"}'
    assert told(read(data)) == [(1, "One"), (2, "Two"), (3, "Three")]


def test_a_separator_of_unicode_ends_no_line():
    assert told(read('{"text": "One\u2028\x85more"}\n')) == [(1, "One\u2028\x85more")]


@pytest.mark.parametrize(
    ("line", "reason", "value"),
    [
        ('{"text": "Two"', "not JSON", "Expecting ',' delimiter: line 1 column 15 (char 14)"),
        ('{"text": "Two"} {}', "not JSON", "Extra data: line 1 column 17 (char 16)"),
        ("Words.", "not JSON", "Expecting value: line 1 column 1 (char 0)"),
        ("[" * 100_000, "not JSON", None),
        ("1" * 5_000, "not JSON", None),
        ("null", "not a JSON object", ""),
        ('["text"]', "not a JSON object", ""),
        ('{"title": "T", "words": 2}', "no content field", "title, words"),
        (b'{"text": "two \x81"}', "undecodable bytes", ""),
    ],
)
def test_a_broken_line_costs_itself_alone(line, reason, value):
    line = line if isinstance(line, bytes) else line.encode()
    before, reject, after = read(b'{"text": "One"}\n' + line + b'\n{"text": "Three"}')
    assert (before.content, after.content) == ("One", "Three")
    assert (reject.position, reject.stage, reject.reason) == (2, "read", reason)
    assert value is None or reject.value == value
    assert len(reject.excerpt) <= 200
    reject.excerpt.encode()


def test_stray_bytes_nul_and_half_surrogates():
    results = read(b'{"text": "caf\xe9 \x93q\x94"}\n{"text": "a\0\\u0000b"}\n{"text": "\\ud83d\\ude00 \\ud800"}')
    assert [post.content for post in results] == ["café “q”", "ab", "😀 ?"]


def test_a_line_beyond_the_limit_is_rejected_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(jsonl_file, "LINE_LIMIT", 30)
    fits = json.dumps({"text": "x" * 17}) + "\n"
    assert len(fits) == 30
    results = read(fits + json.dumps({"text": "x" * 18}) + "\n" + json.dumps({"text": "x" * 99}) + "\n" + fits)
    assert told(results) == [(1, "x" * 17), (2, "line too long"), (3, "line too long"), (4, "x" * 17)]
    assert (results[1].value, results[1].threshold) == ("31", "30")
    assert results[2].value == "112"


def test_utf16_is_told():
    data = '{"text": "One"}\n'.encode("utf-16")
    expected = [Reject(source="posts.jsonl", position=0, stage="read", reason="not UTF-8", value="UTF-16")]
    assert read(data) == expected
    assert cut(data, 1) == []


def cut(data, size):
    return cut_jsonl_file(io.BytesIO(data), part_bytes=size)


lines = st.sampled_from(
    [b'{"text": "One"}', b'{"text": "Tw', b"", b"  ", b'\xef\xbb\xbf{"text": "x"}', b"\xff{}", b"x" * 40]
)


@given(st.lists(lines), st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.integers(1, 90))
def test_part_after_part_is_the_whole(rows, end, ended, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl_file, "LINE_LIMIT", 30)
        data = end.join(rows) + (end if ended else b"")
        parts = cut(data, size)
        whole = read(data)
        assert [item for part in parts for item in read(data, part=part)] == whole
        assert [len(read(data, part=part)) for part in parts] == [part.records for part in parts]
        assert all(part.size >= size for part in parts[:-1])
        assert sum(part.size for part in parts) == len(data)


def test_a_parts_hash_follows_from_its_bytes_and_its_first_position():
    one, two, three = (b'{"text": "%s"}\n' % word for word in (b"One", b"Two", b"Six"))
    before = cut(one + two + three, len(one))
    assert [part.sha256 for part in cut(one + two + three, len(one))] == [part.sha256 for part in before]
    changed = cut(one + three + three, len(one))
    assert [a.sha256 == b.sha256 for a, b in zip(before, changed, strict=True)] == [True, False, True]
    moved = cut(b"\n" + one + two + three, len(one))
    assert moved[1].sha256 == before[1].sha256
    fewer = cut(two + three, len(one))
    assert fewer[0].sha256 != before[1].sha256


def test_a_part_is_small_to_send():
    (part,) = cut(b'{"text": "One"}\n' * 1000, 1 << 20)
    assert len(pickle.dumps(part)) < 500
    assert pickle.loads(pickle.dumps(part)) == part
