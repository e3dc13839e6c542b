import pytest

from pipelines.read.csv.headerless import infer_fields, is_data

WORDS = "Words and words and words and words and words. "


def wp_posts(number, *, content=WORDS, status="publish", kind="post"):
    date = "2020-01-01 10:00:00"
    return [
        *(str(number), "1", date, "0000-00-00 00:00:00", content, f"Title {number}", "", status, "open", "open", ""),
        *("a-slug", "", "", date, date, "", "0", f"http://example.org/?p={number}", "0", kind, "", "0"),
    ]


@pytest.mark.parametrize(
    ("row", "data"),
    [
        (["1", "Blog Post 1", "John Doe", "This is the content of the first post."], True),
        (["Blog Post 1", "2020-01-01", "This is the content of the first post."], True),
        (["1", "article", WORDS * 3], True),
        (["1", "Blog Post 1", "Words."], False),
        (["Überschrift", "Wörter, mit denen der Beitrag beginnt"], False),
        (["id", "2020", "how well do you like this blog of ours"], False),
        (["id", "how well do you like this blog of ours? " * 3], False),
        (wp_posts(1, content=""), True),
    ],
)
def test_a_first_row_of_numbers_or_dates_and_a_long_cell_is_data(row, data):
    assert is_data(row) == data


def test_a_dump_of_wordpress_is_known_by_its_columns():
    fields = {"id": 0, "author": 1, "date": 2, "content": 4, "title": 5, "status": 7, "type": 20}
    assert infer_fields([wp_posts(1, content="")]) == fields
    assert infer_fields([wp_posts(1, kind="A kind", content=WORDS * 9)]) == {"content": 4, "date": 2, "title": 5}


def test_columns_are_known_by_what_they_hold():
    rows = [[str(n), "Jane Doe", f"{n} May 2020", f"The title of post {n}", "a, b", WORDS * n, ""] for n in range(1, 9)]
    assert infer_fields(rows) == {"content": 5, "date": 2, "title": 3}


def test_rows_of_another_width_say_nothing():
    assert infer_fields([["1", WORDS], ["2", "2020-01-01", WORDS]]) == {"content": 1}


def test_a_date_may_be_missing_here_and_there():
    rows = [["2020-01-01", WORDS]] * 9 + [["", WORDS], ["soon", WORDS]]
    assert infer_fields(rows) == {"date": 0, "content": 1}
    assert infer_fields([*rows, ["later", WORDS]]) == {"content": 1}


def test_two_long_columns_are_not_told_apart():
    assert infer_fields([["1", WORDS, WORDS + WORDS[:-5]]]) == {}
    assert infer_fields([["1"]]) == {}
