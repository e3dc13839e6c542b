import re

import pytest

from pipelines.report.column_chart import Column, Tick, column_chart


def bars(chart):
    """Height and tooltip of each bar."""
    found = re.findall(r'height="([\d.]+)"><title>([^<]*)</title>', chart)
    return [(float(height), tooltip) for height, tooltip in found]


def test_the_tallest_column_fills_the_chart_and_the_others_are_in_proportion():
    chart = column_chart([Column(span="1", count=4), Column(span="2", count=1)], label="posts", ticks=[])
    assert bars(chart) == [(138.0, "1: 4"), (34.5, "2: 1")]


def test_a_second_count_stands_fainter_on_the_first_and_both_are_named():
    chart = column_chart([Column(span="1", count=3, faint=1)], label="posts", ticks=[], names=("kept", "gone"))
    assert bars(chart) == [(103.5, "1: 3 kept, 1 gone"), (34.5, "1: 3 kept, 1 gone")]
    assert chart.count('class="faint"') == 1


def test_an_empty_column_has_no_bar_and_a_small_one_is_still_seen():
    chart = column_chart([Column(span=str(n), count=n) for n in (0, 1, 100_000)], label="posts", ticks=[])
    assert bars(chart) == [(1.5, "1: 1"), (138.0, "100000: 100,000")]


@pytest.mark.parametrize(("at", "anchor"), [(0.5, "start"), (0.9, "end")])
def test_the_text_of_a_mark_stays_inside_the_chart(at, anchor):
    chart = column_chart([Column(span="1", count=1)], label="posts", ticks=[], marks=[Tick(at=at, text="at most 2")])
    assert re.search(r'text-anchor="(\w+)">at most 2<', chart)[1] == anchor


def test_texts_are_escaped():
    chart = column_chart([Column(span="<b>", count=1)], label='"', ticks=[Tick(at=0, text="<i>")])
    assert "<b>" not in chart
    assert "<i>" not in chart
    assert 'aria-label="Histogram: &#34;"' in chart
