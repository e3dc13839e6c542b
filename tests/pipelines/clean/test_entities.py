import pytest

from pipelines.clean.clean import clean
from pipelines.clean.entities import encoded_once


@pytest.mark.parametrize(
    ("twice", "once"),
    [
        ("Salt &amp;amp; flour", "Salt &amp; flour"),
        ("a&amp;nbsp;b", "a&nbsp;b"),
        ("it&amp;#8217;s &amp;quot;it&amp;quot;&amp;hellip;", "it&#8217;s &quot;it&quot;&hellip;"),
        ("a&amp;amp;amp;nbsp;b", "a&nbsp;b"),
    ],
)
def test_what_is_encoded_twice_is_encoded_once(twice, once):
    assert encoded_once(twice) == once
    assert encoded_once(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "Salt &amp; flour",
        "Write `&amp;amp;` or <code>&amp;amp;</code>",
        "```\n&amp;amp;\n```",
        "&amp;eacute; is a letter",
        "https://a.org/?a=1&amp;amp=2",
        "Write &amp;ndash; for a dash &ndash; like this",
    ],
)
def test_what_is_shown_as_an_entity_stays(text):
    assert encoded_once(text) == text


@pytest.mark.parametrize("content", ["Salt&amp;nbsp;&amp;amp; flour", "<p>Salt&amp;nbsp;&amp;amp; flour</p>"])
def test_a_post_shows_the_character(content):
    assert [block.text for block in clean(content)] == ["Salt & flour"]
