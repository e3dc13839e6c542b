import pytest

from pipelines.read.fields.missing import known_text


@pytest.mark.parametrize("cell", ["NaN", " null ", "\\N", "#N/A", "undefined", ""])
def test_a_word_for_nothing_is_no_text(cell):
    assert known_text(cell).strip() == ""


@pytest.mark.parametrize("cell", ["Nan", "null and void", "0", " Words "])
def test_any_other_cell_stays_as_it_is(cell):
    assert known_text(cell) == cell
