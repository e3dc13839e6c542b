import pytest

from pipelines.clean.lone_tags import with_lone_tags_literal


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("We add a <script> element", "We add a &lt;script> element"),
        ("a List<String> of names", "a List&lt;String> of names"),
        ("<!-- never closed", "&lt;!-- never closed"),
        ("The <textarea>words alone</textarea> element", "The &lt;textarea>words alone&lt;/textarea> element"),
        ("<pre>a <T> b</pre>", "<pre>a &lt;T> b</pre>"),
    ],
)
def test_tags_that_are_words_are_escaped(text, literal):
    assert with_lone_tags_literal(text, is_markdown=True) == literal


@pytest.mark.parametrize(
    "text",
    [
        "<p>One</p>",
        "<p>One\n<p>Two",
        "a<br>b",
        '<img src="a.png">',
        "`<script>`",
        "<script>a();</script>",
        "a < b",
        "<b>c</b>",
    ],
)
def test_markup_and_code_stay(text):
    assert with_lone_tags_literal(text, is_markdown=True) == text


def test_backticks_are_no_code_in_html():
    assert with_lone_tags_literal("`<script>`", is_markdown=False) == "`&lt;script>`"


def test_in_a_page_only_what_would_swallow_the_rest_is_escaped():
    text = "a <Tag> b <script> c"
    assert with_lone_tags_literal(text, is_markdown=False, is_page=True) == "a <Tag> b &lt;script> c"
