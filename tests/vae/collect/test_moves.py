import pytest

from vae.collect.moves import moving, moving_text, swapped_around
from vae.language.moving import Moving, read_moving


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("Read the names and dates.", "Read the dates and names.", "and"),
        ("One or the other way works.", "The other or one way works.", "or"),
        ("It works, when asked.", "When asked, it works.", ""),
        ("Read the names and dates.", "Read the names and days.", ""),
        ("The same.", "The same.", ""),
    ],
)
def test_the_word_around_which_parts_changed_places_is_found(old, new, word):
    assert swapped_around(old, new) == word


def test_words_that_open_a_part_put_first_are_counted():
    sentences = ["When asked first, we say so."] * 5 + ["We say so when asked."] * 3 + ["Rust is a language."] * 9
    rows = [{"old": "Read names and dates.", "new": "Read dates and names."}] * 3
    counts = moving(sentences, rows)
    assert counts == {"and": Moving(0, 0, 0, 3), "when": Moving(5, 5, 3, 0)}
    assert counts["when"].rate == 1.0
    assert read_moving(moving_text(counts).splitlines()) == counts
