from hypothesis import given
from hypothesis import strategies as st

from tokenizer.tokenizer import EOS
from vae.variation.context_window import windows

MAX_LEN = 24
rows = st.lists(st.lists(st.integers(4, 99), max_size=MAX_LEN - 1), min_size=1, max_size=5)


@given(rows, st.integers(0, 12))
def test_a_segment_stands_in_its_window_between_what_is_before_and_behind_it(rows, context):
    for place, window in enumerate(windows(rows, max_len=MAX_LEN, context=context)):
        own = tuple(rows[place])
        assert len(window.ids) < MAX_LEN
        assert window.ids[window.start : window.start + len(own)] == own
        left, right = window.ids[: window.start], window.ids[window.start + len(own) :]
        before = tuple(piece for row in rows[:place] if row for piece in (*row, EOS))
        behind = tuple(piece for row in rows[place + 1 :] if row for piece in (EOS, *row))
        assert left == before[len(before) - len(left) :]
        assert right == behind[: len(right)]
        assert len(left) <= context
        assert len(right) <= context + 1
        assert not right or right[-1] != EOS


def test_without_context_a_segment_stands_alone():
    (first, second) = windows([[5, 6], [7]], max_len=MAX_LEN, context=0)
    assert (first.ids, first.start) == ((5, 6), 0)
    assert (second.ids, second.start) == ((7,), 0)


def test_context_fills_the_room_on_either_side():
    rows = [[4] * 20, [5] * 10, [6] * 20]
    window = windows(rows, max_len=MAX_LEN, context=12)[1]
    assert window.ids == (*[4] * 5, EOS, *[5] * 10, EOS, *[6] * 6)
    assert window.start == 6


def test_empty_segments_add_no_context():
    assert windows([[], [5], []], max_len=MAX_LEN)[1].ids == (5,)
