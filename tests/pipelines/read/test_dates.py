from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.dates import date_in_name, iso_date


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-12-05", "2023-12-05"),
        ("2023-12-5 22:00:48 -0400", "2023-12-05"),
        ("2023-12-05T22:00:48Z", "2023-12-05"),
        ("2023/12/05", "2023-12-05"),
        ("20231205T1015", "2023-12-05"),
        ("December 5, 2023", "2023-12-05"),
        ("Dec. 5th 2023 at 10:15", "2023-12-05"),
        ("Tue, 05 Dec 2023 10:15:00 +0100", "2023-12-05"),
        ("5 décembre 2023", ""),
        ("14,May,2004", "2004-05-14"),
        ("12/05/2023", "2023-12-05"),
        ("25/12/2023", "2023-12-25"),
        ("05.12.2023", "2023-12-05"),
        ("0000-00-00 00:00:00", ""),
        ("2023-02-30", ""),
        ("1701734400", "2023-12-05"),
        ("1701734400000", "2023-12-05"),
        ("1701734400.25", "2023-12-05"),
        ("170173440012", ""),
        ("next week", ""),
        ("", ""),
    ],
)
def test_written_dates_become_iso_days(written, day):
    assert iso_date(written) == day


@given(st.dates(min_value=date(1000, 1, 1)))
def test_an_iso_day_stays_itself(day):
    assert iso_date(day.isoformat()) == day.isoformat()
    assert iso_date(day.strftime("%d %b %Y")) == day.isoformat()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2023-12-05-a-title", ("2023-12-05", "a-title")),
        ("2019_01_02_A-Title", ("2019-01-02", "A-Title")),
        ("site__news-2014-02-2014-02-14-engagement", ("2014-02-14", "engagement")),
        ("a-title-2023-12-05", ("2023-12-05", "a-title")),
        ("2023-12-05", ("2023-12-05", "2023-12-05")),
        ("blog/2023/12/05/a-title", ("2023-12-05", "/a-title")),
        ("release-2023-13-45-notes", ("", "release-2023-13-45-notes")),
        ("part-12023-12-05", ("", "part-12023-12-05")),
        ("a-title", ("", "a-title")),
    ],
)
def test_dates_in_names(name, found):
    assert date_in_name(name) == found
