from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.tally import Tally

COUNTS = st.dictionaries(st.text(max_size=5), st.integers(0, 10**9), max_size=60)


def test_names_are_listed_by_count_then_by_name():
    tally = Tally.of({"b": 2, "a": 2, "c": 4})

    assert [(row.name, row.count, row.share, row.bar) for row in tally.rows] == [
        ("c", 4, 0.5, 1.0),
        ("a", 2, 0.25, 0.5),
        ("b", 2, 0.25, 0.5),
    ]
    assert tally.left_out is None


def test_shares_are_of_the_whole_where_it_is_known():
    assert [row.share for row in Tally.of({"draft": 5}, whole=20).rows] == [0.25]


def test_a_name_that_was_never_met_is_no_row():
    assert Tally.of({"card": 0}).rows == ()


def test_nothing_counted_is_an_empty_tally():
    assert Tally.of(None) == Tally.of({}) == Tally.of({"card": 0})


def test_names_beyond_the_twentieth_are_one_sum():
    tally = Tally.of({f"site-{number:04d}": number for number in range(1, 5001)})

    assert len(tally.rows) == 20
    assert tally.names == 5000
    assert tally.left_out.count == sum(range(1, 4981))


def test_an_order_given_is_kept_whole():
    tally = Tally.in_order({str(year): 1 for year in range(2026, 1990, -1)})

    assert [row.name for row in tally.rows] == [str(year) for year in range(2026, 1990, -1)]


@given(COUNTS)
def test_no_count_is_lost(counts):
    tally = Tally.of(counts)
    left = tally.left_out.count if tally.left_out else 0

    assert sum(row.count for row in tally.rows) + left == sum(counts.values())
    assert all(0 < row.bar <= 1 for row in tally.rows)


@given(COUNTS)
def test_the_order_of_arrival_changes_nothing(counts):
    assert Tally.of(counts) == Tally.of(dict(reversed(counts.items())))
