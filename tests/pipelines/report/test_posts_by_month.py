import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.posts_by_month import PostsByMonth

MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(1950, 2050), st.integers(1, 12))


def ticks(dates):
    return re.findall(r'class="tick"[^>]*>([^<]*)<', dates.chart)


def bars(dates):
    return re.findall(r"<title>(.*?)</title>", dates.chart)


def test_months_are_summed_by_year_from_the_first_to_the_last():
    dates = PostsByMonth.of({"2019-05": 3, "2020-01": 4, "2019-11": 2, "": 6})

    assert (dates.dated, dates.undated, dates.first, dates.last) == (9, 6, "2019-05", "2020-01")
    assert [(year.posts.name, year.posts.count) for year in dates.years] == [("2019", 5), ("2020", 4)]
    assert dates.years[0].months == (0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 2, 0)


def test_the_chart_has_a_column_for_each_month_with_posts_in_its_place():
    dates = PostsByMonth.of({"2019-05": 3, "2019-08": 1})
    lefts = [float(rect.get("x")) for rect in ET.fromstring(dates.chart).iter("rect")]

    assert bars(dates) == ["2019-05: 3", "2019-08: 1"]
    assert lefts[1] - lefts[0] == pytest.approx(3 * (460 - 16) / 4, abs=0.1)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2019-05", "2019-05", ["2019-05"]),
        ("2019-05", "2019-08", ["2019-05", "2019-06", "2019-07", "2019-08"]),
        ("2018-11", "2020-02", ["2019-01", "2019-04", "2019-07", "2019-10", "2020-01"]),
        ("2018-01", "2022-12", ["2018", "2019", "2020", "2021", "2022"]),
        ("2004-12", "2026-08", ["2005", "2010", "2015", "2020", "2025"]),
    ],
)
def test_the_axis_is_told_in_few_round_steps(first, last, expected):
    assert ticks(PostsByMonth.of({first: 1, last: 1})) == expected


def test_a_date_of_another_age_is_seen_beside_the_others():
    dates = PostsByMonth.of({"0001-01": 1, "2019-05": 500})

    assert bars(dates) == ["0001-01: 1", "2019-05: 500"]
    assert all(float(rect.get("width")) >= 0.8 for rect in ET.fromstring(dates.chart).iter("rect"))


@pytest.mark.parametrize("key", ["", "2019", "2019-13", "2019-00", "soon", "2019-05-03"])
def test_a_key_that_is_no_month_is_undated(key):
    assert PostsByMonth.of({"2019-05": 1, key: 2}).undated == 2


@pytest.mark.parametrize("counts", [None, {}, {"": 4}, {"2019-05": 0}])
def test_without_a_dated_post_there_is_nothing_to_draw(counts):
    assert PostsByMonth.of(counts) is None


def test_years_before_the_last_forty_are_one_sum():
    dates = PostsByMonth.of({f"{year}-06": 1 for year in range(1900, 2000)})

    assert [dates.years[0].posts.name, dates.years[-1].posts.name, dates.earlier] == ["1960", "1999", 60]


@given(st.dictionaries(MONTHS, st.integers(1, 1000), min_size=1, max_size=30))
def test_every_post_is_in_a_year_and_in_a_column_and_the_axis_stays_readable(counts):
    dates = PostsByMonth.of(counts)

    assert dates.earlier + sum(year.posts.count for year in dates.years) == sum(counts.values())
    assert all(sum(year.months) == year.posts.count for year in dates.years)
    assert len(bars(dates)) == len(counts)
    assert len(ticks(dates)) <= 7
