import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clean.title import plain_title


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Tea.gov &#8211; Usability", "Tea.gov – Usability"),
        ("S&atilde;o Paulo", "São Paulo"),
        ("Salt &amp; pepper", "Salt & pepper"),
        ("Post 9&#47;11", "Post 9/11"),
        ("The &#x23;Kettle", "The #Kettle"),
        ("Salt &amp;amp; pepper &amp;#8211; and tea", "Salt & pepper – and tea"),
        ("Tea&nbsp;time &shy;&#8203;soon", "Tea time soon"),
        ("How to write &lt;div&gt;", "How to write <div>"),
    ],
)
def test_entities_are_decoded(title, plain):
    assert plain_title(title) == plain


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("a<br>b", "a b"),
        ("a <BR /> b", "a b"),
        ("Tea <em>and</em> cake", "Tea and cake"),
        ("<b>Tea</b>time", "Teatime"),
        ('<p><a href="/tea" title="x">Tea <i>&amp;</i></a></p><p>cake</p>', "Tea & cake"),
        ('<img src="a.png" alt="A cup"> Tea<!-- more --> now', "Tea now"),
        ("<h1 class='x'>Tea</H1>", "Tea"),
    ],
)
def test_tags_are_dropped(title, plain):
    assert plain_title(title) == plain


@pytest.mark.parametrize(
    "title",
    [
        "a < b",
        "a <b and c> d",
        "I <3 tea",
        "C&A",
        "Q&A; R&D;",
        "tea?a=1&notes=2&copy=3",
        "&unheardof;",
        "Option<T> and Vec<u8>",
        "The <b> tag",
        "`<em>` and **bold** and [a link](/tea)",
        "<unheard>Of</unheard>",
        "Küche – „Tee“",
        "",
    ],
)
def test_what_is_neither_tag_nor_entity_is_left(title):
    assert plain_title(title) == title


def test_characters_are_regular_and_white_space_single():
    assert plain_title("  The\u200b Ku\u0308che\u00a0 of\r\n tea\t") == "The Küche of tea"
    assert plain_title("Erikaâ€™s tea") == "Erika’s tea"


@pytest.mark.parametrize("unit", ["<b>", "<b>x</b>", "<b ", "&", "&amp;", "<!--", "<br", "</b>"])
def test_a_hostile_title_takes_no_time(unit):
    title = unit * (100_000 // len(unit))
    assert len(plain_title(title)) <= len(title)


@given(st.text())
def test_a_title_is_one_line_without_white_space_at_its_ends(title):
    plain = plain_title(title)
    assert plain == " ".join(plain.split())
