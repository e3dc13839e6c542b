"""No post takes out of proportion: what is four times as long takes far less than sixteen times the time."""

import time

import pytest

from pipelines.clean.clean import clean

pytestmark = pytest.mark.slow

N = 3_000


def seconds(content):
    start = time.process_time()
    clean(content)
    return time.process_time() - start


@pytest.mark.parametrize(
    "unit",
    [
        *("<div>", "<ul><li>", "<div><b>", "<div></b>", "<p><b>", "<table><tr><td>", "<pre>x", "<code>", "<svg>"),
        *("<p><script>", "<p><style", "<p><!-- ", "<pre></script>", "<a href=x>", "<p>\n \n", "<br>\n"),
        *("{% highlight a ", "{{< highlight a >}}", "{% raw %}", "{% comment %}", "{{raw `", "{{ ", "{% a ", "{: a "),
        *("[caption a ", "[code]", "[code a ", "`a ``", "```a\n", "~~a ", "\n: a", "\n[^1]: ", "\n1. a\n  - b"),
        *("&amp;amp;", "â€", "\u200d", "e\u0301", "[a](b) ", "![a](b) ", "> a\n"),
    ],
)
def test_what_is_left_open_again_and_again(unit):
    short, long = (min(seconds(unit * size) for _ in range(3)) for size in (N, 4 * N))
    assert long < 10 * short + 0.05


@pytest.mark.parametrize(
    "content",
    [
        "{:" + "a" * 5_000 + "!",
        "{: " + 'a="b"' * 5_000,
        "[caption " + "=" * 50_000,
        "<!-- a -->" * 5_000 + "word",
        "<p>a</p>" + "\n" * 50_000 + "<p>b</p>",
    ],
    ids=["attribute", "attributes", "shortcode", "comments", "blank lines"],
)
def test_there_are_not_many_ways_to_read_the_same(content):
    assert seconds(content) < 1
