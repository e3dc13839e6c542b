import re

import pytest

from pipelines.clean.clean import clean
from pipelines.clean.html_blocks import regular_html
from pipelines.clean.nesting import DEEPEST, shallow

pytestmark = pytest.mark.slow

MANY = 20_000


def depth_of(html):
    """The depth of regular HTML: how many tags are open at once."""
    depth = deepest = 0
    for tag in re.findall(r"<(/?)(?!br|img|hr)\w", html):
        depth += -1 if tag else 1
        deepest = max(deepest, depth)
    return deepest


@pytest.mark.parametrize(
    "tags",
    ["<div>", "<ul><li>", "<blockquote>", "<div><b>", "<a href=x><div>", "<DIV class='a'>", "<div></b>", "<x-y>"],
)
def test_a_parser_never_sees_a_depth_that_takes_it_long(tags):
    assert depth_of(regular_html(shallow(f"{tags * MANY}word"))) <= 2 * DEEPEST + 10


def test_elements_that_are_closed_count_no_longer():
    html = "<div><p>word</div>" * MANY
    assert shallow(html) == html


def test_elements_that_the_next_one_closes_do_not_count():
    html = "<ul>" + "<li>word" * MANY + "<p>word<br>" * MANY
    assert shallow(html) == html


def test_what_is_deeper_is_paragraphs_of_their_own_and_end_tags_match_again():
    html = "<div>" * MANY + "<p>a</p>" + "</div>" * MANY + "<blockquote>b</blockquote>"
    limited = shallow(html)
    assert limited.startswith("<div>" * DEEPEST + "<p>")
    assert limited.count("</div>") == DEEPEST
    assert limited.endswith("</div><blockquote>b</blockquote>")


def test_few_tags_are_left():
    html = "<div>" * 1_000
    assert shallow(html) is html


@pytest.mark.parametrize(
    "tags", ["<div>", "<ul><li>", "<blockquote>", "<section>", "<div><b>", "> ", "- ", "[", "![", "**a "]
)
def test_the_words_within_unclosed_tags_are_read(tags):
    assert clean(f"{tags * MANY} word")[-1].text.endswith("word")
