import io
import json

import pytest

from pipelines.posts.post import RawPost
from pipelines.read import json_file
from pipelines.read.json_file import may_hold_posts, read_json_file

POST = {"id": 7, "title": "A", "content": "Words.", "date": "2023-01-02"}


def read(value, columns=None):
    text = value if isinstance(value, str) else json.dumps(value)
    return list(read_json_file(io.BytesIO(text.encode()), source="x.json", columns=columns))


GHOST = {
    "db": [
        {
            "meta": {"version": "5.0"},
            "data": {
                "posts": [
                    {"id": "1", "title": "Tea", "html": "<p>Hot.</p>", "status": "published", "type": "post",
                     "published_at": "2021-05-06T07:08:09.000Z"},
                    {"id": "2", "title": "Draft", "html": "<p>x</p>", "status": "draft", "type": "post"},
                    {"id": "3", "title": "About", "html": "<p>x</p>", "status": "published", "type": "page"},
                    {"id": "4", "title": "Old", "html": None, "plaintext": "Plain.", "status": "published",
                     "page": 0, "published_at": 1600000000000, "author_id": "u2"},
                    {"id": "5", "title": "Old page", "html": "<p>x</p>", "status": "published", "page": 1},
                    {"id": "6", "title": "Empty", "html": None, "status": "published"},
                ],
                "users": [{"id": "u1", "name": "Ann Bee"}, {"id": "u2", "name": "Cy Dee"}],
                "tags": [{"id": "t1", "name": "Food"}, {"id": "t2", "name": "#internal"}, {"id": "t3", "name": "Art"}],
                "posts_tags": [
                    {"post_id": "1", "tag_id": "t1", "sort_order": 1},
                    {"post_id": "1", "tag_id": "t2", "sort_order": 2},
                    {"post_id": "1", "tag_id": "t3", "sort_order": 0},
                ],
                "posts_authors": [{"post_id": "1", "author_id": "u1", "sort_order": 0}],
            },
        }
    ]
}  # fmt: skip


@pytest.mark.parametrize("export", [GHOST, GHOST["db"][0]])
def test_a_ghost_export(export):
    results = read(export)
    assert results[0] == RawPost(
        source="x.json", position=1, post_id="1", title="Tea", author="Ann Bee", date="2021-05-06",
        tags=("Art", "Food"), content="<p>Hot.</p>", content_kind="html",
    )  # fmt: skip
    assert (results[3].author, results[3].date, results[3].content_kind) == ("Cy Dee", "2020-09-13", "plain")
    assert [(each.post_id, each.reason) for each in results if not isinstance(each, RawPost)] == [
        ("2", "not published"),
        ("3", "not a post"),
        ("5", "not a post"),
        ("6", "empty content"),
    ]


def test_the_ghost_export_of_few_fields():
    (post,) = read({"db": [{"data": {"posts": [{"id": "1", "html": "<p>Words</p>", "status": "published"}]}}]})
    assert post.content == "<p>Words</p>"


FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "A blog",
    "items": [
        {"id": "1", "content_html": "<p>Words.</p>", "date_published": "2020-01-02T03:04:05Z",
         "authors": [{"name": "Ann"}], "tags": ["x"]},
        {"id": "2", "content_text": "Plain."},
    ],
}  # fmt: skip


def test_json_feed():
    first, second = read(FEED)
    assert (first.author, first.date, first.tags, first.content) == ("Ann", "2020-01-02", ("x",), "<p>Words.</p>")
    assert second.content == "Plain."


@pytest.mark.parametrize(
    "value",
    [[POST], {"posts": [POST]}, {"response": {"blog": {"name": "b"}, "posts": [POST]}}, POST, {"data": [POST, POST]}],
)
def test_the_list_of_posts_is_found_wherever_it_is(value):
    assert [(post.post_id, post.title, post.date) for post in read(value)][:1] == [("7", "A", "2023-01-02")]


def test_rows_that_are_no_posts_are_rejects():
    results = read([POST, 3, {"id": 8, "title": "No text"}, {**POST, "status": "draft"}])
    assert [getattr(each, "reason", "") for each in results] == [
        "",
        "no content field",
        "no content field",
        "not published",
    ]


def test_columns_are_keys():
    assert [post.content for post in read([{"words": "Tea"}], columns={"content": "words"})] == ["Tea"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "not JSON"), ("[" * 100_000, "not JSON"), ("[]", "no posts"), ('{"a": [1]}', "no posts"), ("", "not JSON")],
)
def test_what_holds_no_posts_is_one_reject(text, reason):
    (reject,) = read(text)
    assert (reject.reason, reject.position) == (reason, 0)


def test_a_file_too_long_to_hold_is_one_reject(monkeypatch):
    monkeypatch.setattr(json_file, "JSON_LIMIT", 10)
    assert [each.reason for each in read([POST])] == ["file too long"]


@pytest.mark.parametrize(
    ("value", "may"),
    [
        (GHOST, True),
        (FEED, True),
        ([POST], True),
        ({"name": "pkg", "version": "1"}, False),
        ({"Plain Content": 1}, True),
    ],
)
def test_settings_beside_posts_are_told_from_them(value, may):
    assert may_hold_posts(io.BytesIO(json.dumps(value).encode())) is may
