import pytest

from pipelines.read.record_shape import RecordShape, sniff_delimiter


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["id,title,content\n", "1,A,One; two; three\n"], ","),
        (["id;title, subtitle;content\n", "1;A;One, two\n"], ";"),
        (["1\tA\tOne, two, three\n", "2\tB\tFour\n", "3\tC\tFive, six\n"], "\t"),
        (["id;content\n", "1;One, two, three;\n"], ";"),
        (["content\n", "One, two\n"], ","),
        ([], ","),
    ],
)
def test_the_delimiter_is_the_one_rows_agree_on(lines, delimiter):
    assert sniff_delimiter(lines) == delimiter


@pytest.fixture
def shape():
    shape = RecordShape(",")
    shape.fitted(["id", "title", "content"])
    return shape


def test_only_empty_fields_are_dropped_to_fit(shape):
    assert shape.fitted(["1", "A", "One", "", " "]) == ["1", "A", "One"]
    assert shape.fitted(["1", "A", "One", "more"]) == ["1", "A", "One", "more"]
    assert shape.fitted(["1", "A"]) == ["1", "A"]


def test_rows_begin_again_at_the_first_of_two_lines_that_fit_or_at_a_last_one(shape):
    assert shape.find_row_after_first_line(['1,A,"One\n', "a, b, c\n", "prose\n", "2,B,Two\n", "3,C,Three\n"]) == 3
    assert shape.find_row_after_first_line(['1,A,"One\n', "a, b, c\n", "prose\n", '2,B,"\n']) == 3
    assert shape.find_row_after_first_line(['1,A,"One\n', "prose\n", 'more"\n']) == 0
