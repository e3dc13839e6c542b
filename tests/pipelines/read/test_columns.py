import pytest

from pipelines.errors import UserError
from pipelines.read.columns import find_layout, parse_columns


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            ["ID", "post_author", "post_date", "post_content", "post_title", "post_status"],
            {"id": 0, "author": 1, "date": 2, "content": 3, "title": 4},
        ),
        (
            ["id", "title", "slug", "html", "plaintext", "published_at", "tags"],
            {"id": 0, "title": 1, "content": 3, "date": 5, "tags": 6},
        ),
        (["id", "gender", "age", "topic", "sign", "date", "text"], {"id": 0, "category": 3, "date": 5, "content": 6}),
        (
            ["Title", "Text", "URL", "Authors", "Timestamp", "Tags"],
            {"title": 0, "content": 1, "author": 3, "date": 4, "tags": 5},
        ),
        (["Title", "Published", "Labels", "Content"], {"title": 0, "date": 1, "tags": 2, "content": 3}),
        (["variation_id", "post_id", "variant", "text", "title"], {"id": 0, "content": 3, "title": 4}),
        ([" Post Title ", "POST-CONTENT"], {"title": 0, "content": 1}),
    ],
    ids=["WordPress", "Ghost", "Kaggle", "Medium", "Blogger", "variations", "spelling"],
)
def test_usual_columns_are_found(header, found):
    layout = find_layout(header, columns=None, source="a.csv")
    assert layout.has_header
    assert layout.positions == found


def test_columns_asked_for_come_first():
    layout = find_layout(
        ["title", "text", "name", "本文"], columns={"content": "本文", "title": "Name"}, source="a.csv"
    )
    assert layout.positions == {"content": 3, "title": 2}
    assert layout.has_header


def test_columns_by_number_mean_no_header():
    layout = find_layout(["1", "Blog Post 1", "Words."], columns={"content": "3", "title": "2"}, source="a.csv")
    assert layout.positions == {"content": 2, "title": 1}
    assert not layout.has_header


def test_columns_by_number_over_a_header_that_agrees():
    layout = find_layout(["id", "name", "body"], columns={"content": "3", "title": "2"}, source="a.csv")
    assert layout.positions == {"id": 0, "content": 2, "title": 1}
    assert layout.has_header


def test_no_content_column_is_told_with_the_columns_and_the_remedy():
    with pytest.raises(UserError) as error:
        find_layout(["id", "wörter", ""], columns=None, source="a.csv")
    assert str(error.value) == (
        "a.csv: no content column among id, wörter, (blank); name it with --columns content=NAME,"
        " or by number (--columns content=4) if the file has no header row"
    )


@pytest.mark.parametrize("column", ["name", "3"])
def test_a_column_that_is_not_there_is_told(column):
    with pytest.raises(UserError, match=f"a.csv: no column {column} among title, text; correct --columns"):
        find_layout(["title", "text"], columns={"content": column}, source="a.csv")


def test_columns_are_parsed():
    assert parse_columns("content=body, title = The name,id=1") == {"content": "body", "title": "The name", "id": "1"}


@pytest.mark.parametrize("spec", ["", "content", "content=", "=body", "words=body", "content=0", "content=a,"])
def test_nonsense_columns_are_the_users_mistake(spec):
    with pytest.raises(UserError, match="is not FIELD=COLUMN"):
        parse_columns(spec)


def test_a_field_given_twice_is_the_users_mistake():
    with pytest.raises(UserError, match="content is given twice"):
        parse_columns("content=a,content=b")
