import re

from pipelines.report.text_lengths import PostLengths, length_tally


def test_posts_are_told_by_spans_of_words():
    lengths = PostLengths.of({"00256": 4, "00064": 1, "00128": 3}, words=1600)

    assert [(row.name, row.count) for row in lengths.table.rows] == [
        ("1 to 64", 1),
        ("65 to 128", 3),
        ("129 to 256", 4),
    ]
    assert lengths.mean == 200


def test_the_median_is_interpolated_in_its_span():
    assert PostLengths.of({"00064": 1, "00128": 3, "00256": 4}, words=None).median == 128
    assert PostLengths.of({"00064": 1, "00128": 2, "00256": 4}, words=None).median == 128 + 128 * 0.5 / 4
    assert PostLengths.of({"00256": 3}, words=None).median == 192
    assert PostLengths.of({"00001": 2}, words=None).median == 0.5


def test_the_chart_leaves_room_for_lengths_that_no_post_has():
    chart = PostLengths.of({"00001": 2, "00008": 5}, words=None).chart

    assert re.findall(r"<title>(.*?)</title>", chart) == ["1 words: 2", "5 to 8 words: 5"]
    assert re.findall(r'class="tick"[^>]*>([^<]*)<', chart) == ["1", "2", "4", "8"]


def test_a_million_words_do_not_crowd_the_axis():
    chart = PostLengths.of({"00001": 2, "1048576": 1}, words=None).chart

    assert len(re.findall('class="tick"', chart)) == 7


def test_without_posts_there_is_nothing_to_draw():
    assert PostLengths.of(None, words=0) is None
    assert PostLengths.of({"00064": 0}, words=0) is None


def test_segments_are_told_by_bucket_shortest_first():
    tally = length_tally({"00128": 2, "00064": 6, "00032": 1, "00096": 4})

    assert [row.name for row in tally.rows] == ["1 to 32", "33 to 64", "65 to 96", "97 to 128"]
