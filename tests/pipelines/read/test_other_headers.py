"""Headers that are no YAML, TOML or JSON of their own."""

import pytest

from pipelines.read.text_file import read_text_file


@pytest.mark.parametrize(
    ("header", "author"),
    [
        ("% Of tea\n% Ann Bee; Bob Cee\n% January 2, 2020\n\n", "Ann Bee, Bob Cee"),
        ("% Of\n  tea\n% Ann Bee\n  Bob Cee\n% 2020-01-02\n\n", "Ann Bee, Bob Cee"),
        ("<!--\n.. title: Of tea\n.. date: 2020-01-02 10:00:00 UTC\n.. author: Ann Bee\n-->\n\n", "Ann Bee"),
        ('"title": "Of tea",\n"date": "2020-01-02",\n"author": "Ann Bee"\n;;;\n', "Ann Bee"),
    ],
)
def test_fields_are_told_and_leave_the_body(header, author):
    post = read_text_file(f"{header}Words of tea.\n".encode(), source="a.md")
    assert (post.title, post.author, post.date, post.content) == ("Of tea", author, "2020-01-02", "Words of tea.")


def test_a_draft_of_nikola():
    data = b"<!--\n.. title: Of tea\n.. status: draft\n-->\nWords.\n"
    assert read_text_file(data, source="a.md").value == "status: draft"


@pytest.mark.parametrize(
    "text",
    ["%\nWords.", "% of tea is water, and so on", '"title": it said;;;\nWords.', '"A"\n;;;\nW', "<!-- .. -->\nW"],
)
def test_what_only_begins_so_is_body(text):
    assert read_text_file(text.encode(), source="a.md").content == text


@pytest.mark.parametrize("key", ["datePublished", "date_published", "publishedAt", "created_at", "posted"])
def test_dates_under_other_names(key):
    data = f"---\ntitle: A\n{key}: 2020-01-02\n---\nWords.\n".encode()
    assert read_text_file(data, source="a.md").date == "2020-01-02"
