import pytest

from pipelines.read.csv.dialect import Dialect
from pipelines.read.csv.record_shape import RecordShape


@pytest.fixture
def shape():
    return RecordShape.of_first_record(["id", "title", "content"], Dialect(delimiter=","))


def test_only_empty_fields_are_dropped_to_fit(shape):
    assert shape.fitted(["1", "A", "One", "", " "]) == ["1", "A", "One"]
    assert shape.fitted(["1", "A", "One", "more"]) == ["1", "A", "One", "more"]
    assert shape.fitted(["1", "A"]) == ["1", "A"]


def test_rows_begin_again_at_the_first_of_two_lines_that_fit_or_at_a_last_one(shape):
    assert shape.find_record_after_first_line(['1,A,"One\n', "a, b, c\n", "prose\n", "2,B,Two\n", "3,C,Three\n"]) == 3
    assert shape.find_record_after_first_line(['1,A,"One\n', "a, b, c\n", "prose\n", '2,B,"\n']) == 3
    assert shape.find_record_after_first_line(['1,A,"One\n', "prose\n", 'more"\n']) == 0


def test_rows_are_found_in_a_line_where_another_break_ends_them(shape):
    assert shape.with_odd_breaks_as_ends("1,A,One\ud80d2,B,Two\n") == "1,A,One\r2,B,Two\n"
    assert not shape.with_odd_breaks_as_ends("1,A,One\ud80dmore\n")
    assert not shape.with_odd_breaks_as_ends("1,A,One,more\n")


def test_a_quote_alone_in_the_last_cell_opens_it(shape):
    assert shape.opens_a_cell('1,A, "\r\n')
    assert not shape.opens_a_cell('1,A,""\n')
    assert not shape.opens_a_cell('1,A,\n"\n')
