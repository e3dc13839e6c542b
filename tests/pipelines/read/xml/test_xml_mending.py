import pytest

from pipelines.read.xml.xml_mending import categories_between_tags, escaped, record_end, texts_between_tags


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("<item><a/></item> more", 17),
        ("<item><a/><item>", 10),
        ("<item><![CDATA[</item>]]></item>", 32),
        ("<item><items>", -1),
    ],
)
def test_a_record_ends_with_its_tag_or_where_another_begins(text, end):
    assert record_end(text, "item") == end


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("<a>Tea & rain < 3 &amp; &#1;</a>", "<a>Tea &amp; rain &lt; 3 &amp; </a>"),
        ("<a><![CDATA[x & y]]></a>", "<a><![CDATA[x & y]]></a>"),
        ("<a><![CDATA[x]]> y]]></a>", "<a><![CDATA[x]]]]><![CDATA[> y]]></a>"),
    ],
)
def test_signs_that_are_no_markup_are_escaped(text, mended):
    assert escaped(text) == mended


def test_texts_of_a_broken_record_are_those_between_its_tags():
    text = "<item><title>A &amp; B</title><c><![CDATA[1 & 2]]></c><wp:comment><d>No</d></wp:comment><e>open"
    assert texts_between_tags(text, ["title", "c", "d"]) == ({"title": "A & B", "c": "1 & 2"}, True)
    assert texts_between_tags(text, ["title", "e"]) == ({"title": "A & B"}, False)


def test_categories_keep_their_attributes():
    text = """<category domain="tag" nicename='tea'><![CDATA[Tea]]></category><category term="a&amp;b"/>"""
    assert categories_between_tags(text) == [({"domain": "tag", "nicename": "tea"}, "Tea"), ({"term": "a&b"}, "")]
