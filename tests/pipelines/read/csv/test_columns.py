import pytest

from pipelines.errors import UserError
from pipelines.read.csv.columns import ColumnLayout, find_layout, parse_columns


def test_usual_columns_are_found():
    layout = find_layout(["id", "name", "body"], columns=None, source="a.csv")
    assert layout == ColumnLayout(positions={"id": 0, "content": 2}, has_header=True)


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


def test_columns_without_a_header_are_told_apart_by_what_they_hold_and_the_guess_is_told(caplog):
    first, second = (["1", "2020-01-01", f"Title {n}", "Words and words and words and words."] for n in range(2))
    with caplog.at_level("INFO", logger="blogvae"):
        layout = find_layout(first, rows=[second], columns=None, source="a.csv")
    assert layout == ColumnLayout(positions={"content": 3, "date": 1, "title": 2}, has_header=False)
    assert caplog.messages == [
        "a.csv: no header row; took column 4 as content, 2 as date, 3 as title; if that is wrong, say it with --columns"
    ]


def test_columns_asked_for_by_number_go_before_a_guess():
    row = ["1", "2020-01-01", "A title", "Words and words and words and words."]
    layout = find_layout(row, columns={"title": "1"}, source="a.csv")
    assert layout == ColumnLayout(positions={"content": 3, "date": 1, "title": 0}, has_header=False)


def test_substacks_list_of_posts_is_no_mistake(caplog):
    names = ["post_id", "post_date", "is_published", "type", "title", "podcast_url"]
    layout = find_layout(names, columns=None, source="posts.csv")
    assert "content" not in layout.positions
    assert caplog.messages == ["posts.csv: Substack keeps the texts beside this list; give its posts folder"]


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
    assert parse_columns("status=live,type=2") == {"status": "live", "type": "2"}


@pytest.mark.parametrize("spec", ["", "content", "content=", "=body", "words=body", "content=0", "content=a,"])
def test_nonsense_columns_are_the_users_mistake(spec):
    with pytest.raises(UserError, match="is not FIELD=COLUMN"):
        parse_columns(spec)


def test_a_field_given_twice_is_the_users_mistake():
    with pytest.raises(UserError, match="content is given twice"):
        parse_columns("content=a,content=b")
