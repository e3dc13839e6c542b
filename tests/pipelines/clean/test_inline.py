import pytest

from pipelines.clean import inline


@pytest.mark.parametrize(
    ("html", "light"),
    [
        ('<a href="/x">Tea</a>', "[Tea](/x)"),
        ('<a href="https://a.org">https://a.org</a>', "https://a.org"),
        ('<a href="javascript:go()">Tea</a>', "Tea"),
        ('<a href="/a (b)">Tea</a>', "[Tea](/a%20%28b%29)"),
        ("<code>a</code> <code>b`c</code>", "`a` `` b`c ``"),
        ("<em>Tea</em> and <b>rain</b>", "Tea and rain"),
        ('<img src="/a.png" alt="A">', "\0![A](/a.png)\0"),
        ("a<br>b", "a\x1eb"),
        ("<p>a</p>", "<p>a</p>"),
    ],
)
def test_links_code_and_images_are_kept_in_light_markdown(html, light):
    assert inline.light_markdown(html) == light


def test_numbers_above_and_below_the_line_are_characters():
    assert inline.without_comments("x<sup>2</sup><!-- a --> H<sub>2</sub>O") == "x² H₂O"


def test_entities_that_parsers_write_are_decoded_once():
    assert inline.decoded("&lt;b&gt; &amp;lt; &quot;") == '<b> &lt; "'


def test_white_space_is_single():
    assert inline.one_line(" a\n b\x1ec\u2003d ") == "a b c d"


@pytest.mark.parametrize(
    ("text", "is_link"),
    [("[a](b)", True), ("![a](b) https://c.org", True), ("[a](b) and", False), ("a", False), ("", False)],
)
def test_a_text_may_be_links_alone(text, is_link):
    assert inline.is_only_links(text) == is_link


def test_links_give_way_to_their_words_but_in_code():
    assert inline.without_links("[a](b) `[c](d)`") == "a `[c](d)`"


def test_images_stay_where_they_stand_alone():
    image = "\0![a](b)\0"
    assert inline.without_images(image, unless_alone=True) == "![a](b)"
    assert inline.without_images(image, unless_alone=False).strip() == ""
    assert inline.without_images(f"Tea {image}", unless_alone=True).strip() == "Tea"
