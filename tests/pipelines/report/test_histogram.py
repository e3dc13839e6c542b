import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.histogram import histogram, is_one_bar

NUMBERS = st.lists(st.floats(-1e6, 1e6).filter(lambda number: number == 0 or abs(number) > 1e-6), max_size=50)


def draw(values, **settings):
    return histogram(values, **{"label": "change", "marks": {}, **settings})


def bars(chart):
    return re.findall(r"<title>(.*?)</title>", chart)


def ticks(chart):
    return re.findall(r'class="tick"[^>]*>([^<]*)<', chart)


def test_each_bar_tells_its_span_and_count():
    assert bars(draw([0.01, 0.02, 1.0])) == ["0 to 0.05: 2", "0.95 to 1: 1"]


def test_the_axis_ends_at_round_numbers_around_the_values_and_the_marks():
    assert ticks(draw([0.9, 1.0, 1.1], marks={"at least 0.6": 0.6, "at most 1.6": 1.6})) == [
        *("0.5", "0.75", "1", "1.25", "1.5", "1.75")
    ]


def test_equal_values_have_an_axis_too():
    assert ticks(draw([0, 0])) == ["0", "0.25", "0.5", "0.75", "1"]
    assert bars(draw([-3.0])) == ["-3.05 to -3: 1"]


def test_a_stray_value_is_counted_in_the_last_bin_and_the_axis_says_so():
    chart = draw([*[1, 2, 3, 4] * 100, 1e6])

    assert sum(int(bar.rpartition(" ")[2]) for bar in bars(chart)) == 401
    assert ticks(chart)[-1] == "≥ 4"


def test_the_axis_promises_nothing_beyond_when_nothing_is():
    assert not {"≥", "≤"} & set("".join(ticks(draw([0.0, 1.0]))))


def test_two_kinds_of_values_stand_on_one_another():
    chart = draw([0.01, 0.02, 1.0], fainter=[0.03], names=("accepted", "rejected"))
    lower, upper, alone = ET.fromstring(chart).iter("rect")

    assert bars(chart) == [*["0 to 0.05: 2 accepted, 1 rejected"] * 2, "0.95 to 1: 1 accepted, 0 rejected"]
    assert [each.get("class") for each in (lower, upper, alone)] == ["", "faint", ""]
    assert float(upper.get("y")) + float(upper.get("height")) == float(lower.get("y"))


def test_a_mark_is_a_labelled_line():
    chart = draw([0.2], marks={"asked 0.3": 0.3})

    assert chart.count('<line class="mark"') == 1
    assert ">asked 0.3</text>" in chart


def test_values_in_one_bin_are_one_bar_wherever_the_marks_are():
    assert is_one_bar([0, 0, 0], marks={"at most 1": 1})
    assert is_one_bar([0.01, 0.02], marks={"at most 1": 1})
    assert not is_one_bar([0.01, 0.02], marks={})
    assert not is_one_bar([0, 0.9], marks={"at most 1": 1})


def test_the_label_is_escaped():
    assert 'aria-label="Histogram: &lt;b&gt;"' in draw([0.2], label="<b>")


@given(NUMBERS, NUMBERS)
def test_every_value_is_drawn_once_inside_the_chart(values, fainter):
    chart = draw(values, fainter=fainter, names=("kept", "not"), marks={"asked": 0.3})
    counts = {bar: [int(count) for count in re.findall(r"(\d+) (?:kept|not)", bar)] for bar in bars(chart)}

    assert sum(kept for kept, _ in counts.values()) == len(values)
    assert sum(other for _, other in counts.values()) == len(fainter)
    for rect in ET.fromstring(chart).iter("rect"):
        assert float(rect.get("y")) >= 0
        assert float(rect.get("x")) + float(rect.get("width")) <= 480
