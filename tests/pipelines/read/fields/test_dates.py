from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.fields.dates import DAY_FIRST, MONTH_FIRST, Day, date_fields, date_in_name, iso_date, read_day


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
        ("5 décembre 2023", "2023-12-05"),
        ("15 Mai 2020", "2020-05-15"),
        ("1. März 2020, 10:15 Uhr", "2020-03-01"),
        ("Dienstag, 5. Mai 2020", "2020-05-05"),
        ("2020年5月6日", "2020-05-06"),
        ("2020년 5월 6일", "2020-05-06"),
        ("5th of May 2020", "2020-05-05"),
        ("15 de mayo de 2020", "2020-05-15"),
        ("15 maggio 2020", "2020-05-15"),
        ("7 de Maio de 2020", "2020-05-07"),
        ("7 mei 2020", "2020-05-07"),
        ("3 мая 2020", "2020-05-03"),
        ("3 maja 1998", "1998-05-03"),
        ("12 mars 2019 10:00", "2019-03-12"),
        ("15 Mayıs 2020", "2020-05-15"),
        ("3 أبريل 2020", "2020-04-03"),
        ("٣ أبريل ٢٠٢٠", "2020-04-03"),
        ("3 באפריל 2020", "2020-04-03"),
        ("3 अप्रैल 2020", "2020-04-03"),
        ("3 април 2020", "2020-04-03"),
        ("03-Apr-20", "2020-04-03"),
        ("31-DEC-98", "1998-12-31"),
        ("29. Februar 2019", ""),
        ("Frühling 2020", ""),
        ("chapter 5 of 2020", ""),
        ("12/31/20", "2020-12-31"),
        ("31.12.99", "1999-12-31"),
        ("20-05-12", ""),
        ("03-04-2020", "2020-04-03"),
        ("5. 5. 2020", "2020-05-05"),
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


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("03/04/2020", Day("2020-03-04", "2020-04-03", "/")),
        ("03.04.2020", Day("2020-04-03", "2020-03-04", ".")),
        ("13/04/2020", Day("2020-04-13", "", "/", DAY_FIRST)),
        ("04/13/2020 10:00", Day("2020-04-13", "", "/", MONTH_FIRST)),
        ("04/04/2020", Day("2020-04-04", "", "/")),
        ("2020-04-03", Day("2020-04-03")),
    ],
)
def test_days_in_numbers_say_whether_they_may_be_read_the_other_way(written, day):
    assert read_day(written) == day


@given(st.dates(min_value=date(1000, 1, 1)))
def test_an_iso_day_stays_itself(day):
    assert iso_date(day.isoformat()) == day.isoformat()
    assert iso_date(day.strftime("%d %b %Y")) == day.isoformat()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2023-12-05-a-title", ("2023-12-05", "a-title")),
        ("2019_01_02_A-Title", ("2019-01-02", "A-Title")),
        ("2019.01.02 A Title", ("2019-01-02", "A Title")),
        ("20190102-a-title", ("2019-01-02", "a-title")),
        ("2019-01-02T10-11-12-a-title", ("2019-01-02", "a-title")),
        ("20199902-a", ("", "20199902-a")),
        ("a-20190102", ("", "a-20190102")),
        ("site__news-2014-02-2014-02-14-engagement", ("2014-02-14", "engagement")),
        ("a-title-2023-12-05", ("2023-12-05", "a-title")),
        ("2023-12-05", ("2023-12-05", "2023-12-05")),
        ("2021-9-1-one-digit", ("2021-09-01", "one-digit")),
        ("blog/2023/12/05/a-title", ("2023-12-05", "/a-title")),
        ("release-2023-13-45-notes", ("", "release-2023-13-45-notes")),
        ("part-12023-12-05", ("", "part-12023-12-05")),
        ("a-title", ("", "a-title")),
    ],
)
def test_dates_in_names(name, found):
    assert date_in_name(name) == found


def test_the_fields_of_a_day_are_those_of_the_first_text_that_names_one():
    assert date_fields(["null", "soon", "5/6/2020"]) == {
        "date": "2020-05-06",
        "date_other": "2020-06-05",
        "date_mark": "/",
        "date_order": "",
    }


def test_a_text_that_should_be_a_date_is_kept():
    assert date_fields(["true", "soon  or later", "never"]) == {"date": "", "date_unread": "soon or later"}
    assert date_fields(["soon"], otherwise="2020-01-01") == {"date": "2020-01-01", "date_unread": ""}
    assert date_fields(["true"]) == {"date": "", "date_unread": ""}
