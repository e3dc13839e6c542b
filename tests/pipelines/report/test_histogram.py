import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.histogram import histogram


def draw(values, **settings):
    return histogram(
        values, **{"label": "change", "high": 1, "tick": ".0%", "mark": None, "mark_label": "", **settings}
    )


def bars(chart):
    return re.findall(r"<title>(.*?)</title>", chart)


def test_each_bar_tells_its_span_and_count():
    assert bars(draw([0.01, 0.02, 0.5])) == ["0%-5%: 2", "50%-55%: 1"]


def test_values_beyond_the_axis_are_counted_in_the_last_bin_and_the_axis_says_so():
    chart = draw([0.99, 3.0], high=2, tick=".2g")

    assert bars(chart) == ["0.9-1: 1", "1.9-2: 1"]
    assert ">≥ 2<" in chart


def test_the_axis_promises_nothing_beyond_when_nothing_is():
    assert "≥" not in draw([1.0])


def test_the_mark_is_a_labelled_line():
    chart = draw([0.2], mark=0.3, mark_label="asked")

    assert 'class="mark"' in chart
    assert ">asked</text>" in chart
    assert 'class="mark"' not in draw([0.2])


def test_the_label_is_escaped():
    assert 'aria-label="Histogram: &lt;b&gt;"' in draw([0.2], label="<b>")


@given(st.lists(st.floats(0, 1e6), max_size=50))
def test_every_value_is_drawn_once_inside_the_chart(values):
    chart = draw(values, mark=0.3, mark_label="asked")

    assert sum(int(bar.rpartition(" ")[2]) for bar in bars(chart)) == len(values)
    for rect in ET.fromstring(chart).iter("rect"):
        assert float(rect.get("y")) >= 0
        assert float(rect.get("x")) + float(rect.get("width")) <= 480
