from vae.language.language import language
from vae.language.moving import MOVING_COLUMNS, Moving, read_moving


def test_counts_are_read_by_word_below_a_line_of_column_names():
    assert read_moving([MOVING_COLUMNS, "when\t30\t40\t9\t0", "and\t0\t8\t7\t3"]) == {
        "when": Moving(fronted=30, begins=40, inside=9, swapped=0),
        "and": Moving(fronted=0, begins=8, inside=7, swapped=3),
    }


def test_the_rate_is_a_share_of_the_sentences_that_begin_with_the_word():
    assert Moving(fronted=30, begins=40, inside=9, swapped=0).rate == 0.75
    assert Moving(fronted=0, begins=0, inside=9, swapped=3).rate == 0


def test_english_parts_open_with_when_and_other_languages_have_no_table():
    assert language("en").moving["when"].rate > 0.2
    assert language("es").moving == {}
