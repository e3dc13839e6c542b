import pytest

from pipelines.posts.post import RawPost, Reject
from pipelines.read.fields.dates import date_fields
from pipelines.read.fields.day_order import DayOrders


def posts(*dates, source="a.csv"):
    return [
        RawPost(source=source, position=n, post_id=str(n), content="Words", **date_fields([text]))
        for n, text in enumerate(dates, start=1)
    ]


def days(items):
    return [item.date for item in DayOrders().settle(items)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["03/04/2020", "13/04/2020"], ["2020-04-03", "2020-04-13"]),
        (["13/04/2020", "03/04/2020"], ["2020-04-13", "2020-04-03"]),
        (["03/04/2020", "04/13/2020"], ["2020-03-04", "2020-04-13"]),
        (["03/04/2020"], ["2020-03-04"]),
        (["03/04/2020", "04/13/2020", "13/04/2020"], ["2020-03-04", "2020-04-13", "2020-04-13"]),
        (["03.04.2020", "04.13.2020"], ["2020-03-04", "2020-04-13"]),
        (["03-04-2020", "12/31/20"], ["2020-04-03", "2020-12-31"]),
        (["nan", "2020-01-02", "5 mai 2020"], ["", "2020-01-02", "2020-05-05"]),
    ],
)
def test_days_in_doubt_are_read_as_most_others_of_their_source(written, read):
    assert days(posts(*written)) == read


def test_each_source_has_an_order_of_its_own_and_all_stay_in_their_places():
    reject = Reject(source="a.csv", position=9, stage="read", reason="field count")
    items = [*posts("03/04/2020"), *posts("03/04/2020", "13/04/2020", source="b.csv"), reject]
    orders = DayOrders()
    settled = list(orders.settle(items))
    assert [getattr(item, "date", None) for item in settled] == ["2020-03-04", "2020-04-03", "2020-04-13", None]
    assert orders.decided == {("a.csv", "month first"): 1, ("b.csv", "day first"): 1}


def test_what_is_not_understood_is_counted():
    orders = DayOrders()
    assert [item.date for item in orders.settle(posts("next spring", "", "true", "None"))] == [""] * 4
    assert orders.unread == {"next spring": 1}


def test_no_more_than_a_thousand_posts_are_held():
    taken = []

    def items():
        for post in posts(*["03/04/2020"] * 1500, "13/04/2020"):
            taken.append(post)
            yield post

    settled = DayOrders().settle(items())
    assert next(settled).date == "2020-03-04"
    assert len(taken) == 1000
    assert {post.date for post in list(settled)[:1499]} == {"2020-03-04"}
