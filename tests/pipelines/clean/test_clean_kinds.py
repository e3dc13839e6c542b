"""Each kind of content is read by its own rules: what is markup in one is words in another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clean.clean import clean
from pipelines.posts.post import CODE, HTML, LIGHT, LIST_ITEM, MARKDOWN, PARAGRAPH, PLAIN, WORDPRESS, text_of

TAGS = [
    "<textarea>",
    "<title>",
    "<script>",
    "<style>",
    "<select>",
    "<iframe>",
    "<div>",
    "<table>",
    "<b>",
    "<pre>",
    "<T>",
]


def read(content, kind):
    return [(block.kind, block.text) for block in clean(content, kind)]


@pytest.mark.parametrize("kind", [PLAIN, MARKDOWN, WORDPRESS, HTML])
@pytest.mark.parametrize("tag", TAGS)
def test_a_lone_tag_is_a_word(kind, tag):
    content = f"We add a {tag} element here. More words.\n\nThe last."
    assert read(content, kind) == [(PARAGRAPH, f"We add a {tag} element here. More words."), (PARAGRAPH, "The last.")]


@pytest.mark.parametrize("kind", [PLAIN, MARKDOWN, WORDPRESS])
@pytest.mark.parametrize(
    "words",
    [
        "If a<b and c>d then stop.",
        "A List<String> and a Map<K, V> are types.",
        "Write <!-- to begin a comment.",
        "Close it with </body> at the end.",
        "All stands between <title> and </title> there.",
        "Use <your name> and 1 < 2.",
    ],
)
def test_what_only_looks_like_markup_is_words(kind, words):
    assert read(f"{words}\n\nThe last.", kind) == [(PARAGRAPH, words), (PARAGRAPH, "The last.")]


@given(st.lists(st.sampled_from([*TAGS, "<!--", "</p>", "a<b", "&lt;", "<br", "words", ".", "\n\n"]), max_size=12))
def test_a_plain_text_keeps_every_word_as_it_is_written(parts):
    content = " ".join(parts)
    assert text_of(clean(content, PLAIN)).split() == content.split()


def test_indented_prose_is_no_code():
    for indent in ("    ", "           ", "\t", "\u00a0 \u00a0 \u00a0 ", "\u3000\u3000\u3000"):
        content = f"{indent}One paragraph of words, and more.\n\n{indent}A second paragraph of words.\n"
        expected = [(PARAGRAPH, "One paragraph of words, and more."), (PARAGRAPH, "A second paragraph of words.")]
        for kind in (PLAIN, MARKDOWN, WORDPRESS):
            assert read(content, kind) == expected


def test_indented_code_of_markdown_stays_code():
    content = "Run:\n\n    for x in range(3):\n        print(x)\n\nDone."
    assert read(content, MARKDOWN)[1] == (CODE, "```\nfor x in range(3):\n    print(x)\n```")


def test_a_paragraph_of_a_list_item_keeps_its_place():
    content = "- one\n\n    It goes on with a sentence, which is long.\n\n- two"
    assert read(content, MARKDOWN) == [
        (LIST_ITEM, "- one"),
        (PARAGRAPH, "It goes on with a sentence, which is long."),
        (LIST_ITEM, "- two"),
    ]


LISTING = "def f(x):\n    if x:\n\n\n        return 1\n\n\treturn 2"


@pytest.mark.parametrize("kind", [MARKDOWN, WORDPRESS, HTML])
@pytest.mark.parametrize(
    "frame",
    [
        "<p>Words.</p>\n<pre>{}</pre>\n<p>Done.</p>",
        '<p>Words.</p>\n<div class="highlight"><pre>{}</pre></div>\n<p>Done.</p>',
        "<p>Words.</p>\n<pre><code>{}\n</code></pre>\n\n<p>Done.</p>",
        "<p>Words.</p>\n<div>\n  <figure><PRE>{}</PRE></figure>\n</div>\n\n<p>Done.</p>",
        "<p>Words.</p>\n<pre><pre>{}</pre></pre>\n<p>Done.</p>",
    ],
)
def test_a_listing_comes_out_byte_for_byte(kind, frame):
    assert read(frame.format(LISTING), kind) == [
        (PARAGRAPH, "Words."),
        (CODE, f"```\n{LISTING}\n```"),
        (PARAGRAPH, "Done."),
    ]


@pytest.mark.parametrize("kind", [MARKDOWN, WORDPRESS])
def test_a_listing_amid_untagged_words(kind):
    assert read(f"Run this: <pre>{LISTING}</pre>\nDone.", kind) == [
        (PARAGRAPH, "Run this:"),
        (CODE, f"```\n{LISTING}\n```"),
        (PARAGRAPH, "Done."),
    ]


@pytest.mark.parametrize("kind", [MARKDOWN, WORDPRESS, HTML])
def test_tags_that_no_highlighter_writes_are_code_in_a_listing(kind):
    content = "<p>a</p>\n<pre>#include <map>\nvector<int> v; <b>bold</b> a < b\n<script>f()</script></pre>"
    code = "```\n#include <map>\nvector<int> v; bold a < b\n<script>f()</script>\n```"
    assert read(content, kind)[1] == (CODE, code)


def test_html_knows_no_markdown_and_no_blank_lines():
    content = "<p># 1. *one*\n\ntwo</p>\n\n    <p>three</p>"
    assert read(content, HTML) == [(PARAGRAPH, "# 1. *one* two"), (PARAGRAPH, "three")]


def test_wordpress_ends_paragraphs_at_blank_lines():
    content = (
        "One <b>bold</b>\nline.\n&nbsp;\n\nTwo.\n<ul>\n\n<li>three</li>\n\n</ul>\n\n    <div>\n\n<p>Four.</p></div>"
    )
    assert read(content, WORDPRESS) == [
        (PARAGRAPH, "One bold line."),
        (PARAGRAPH, "Two."),
        (LIST_ITEM, "- three"),
        (PARAGRAPH, "Four."),
    ]


def test_plain_text_has_lists_and_code_in_fences():
    content = "Buy:\n- flour\n- water\n  and salt\n\n```\n  x <b>\n\ny\n```\n\n1) mix\n2) wait"
    assert read(content, PLAIN) == [
        (PARAGRAPH, "Buy:"),
        (LIST_ITEM, "- flour"),
        (LIST_ITEM, "- water and salt"),
        (CODE, "```\n  x <b>\n\ny\n```"),
        (LIST_ITEM, "1. mix"),
        (LIST_ITEM, "2. wait"),
    ]


def test_plain_paragraphs_may_begin_with_an_indent_or_be_a_line_each():
    assert read("  One begins\nand goes on.\n  Two begins\nand ends.", PLAIN) == [
        (PARAGRAPH, "One begins and goes on."),
        (PARAGRAPH, "Two begins and ends."),
    ]
    long = "word " * 30
    assert read(f"{long}\nShort.", PLAIN) == [(PARAGRAPH, long.strip()), (PARAGRAPH, "Short.")]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("これは日本語の段落\nの続きです。", PLAIN),
        ("これは**日本語**の段落\nの続きです。", MARKDOWN),
        ("<p>这是\n  中文。</p>", HTML),
    ],
)
def test_a_line_break_in_chinese_or_japanese_is_no_space(content, kind):
    assert " " not in text_of(clean(content, kind))


def test_a_line_break_in_korean_or_beside_latin_is_a_space():
    assert read("한국어\n문장 2020年\nABC", PLAIN) == [(PARAGRAPH, "한국어 문장 2020年 ABC")]


lines = st.text(st.sampled_from("ab <>-#>.1`*|&_[]()!é"), min_size=1, max_size=20).map(lambda t: " ".join(t.split()))
prose = lines.filter(bool)
listings = st.lists(st.text("ab `~#-<&\t ", max_size=9), min_size=1, max_size=4).map("\n".join)
light = st.one_of(
    prose,
    st.tuples(st.sampled_from(["- ", "1. ", "  - ", "## ", "> "]), prose).map("".join),
    st.lists(prose.map("- {}".format), min_size=2, max_size=4).map("\n".join),
    listings.map("``````python\n{}\n``````".format),
    st.tuples(prose, prose).map(lambda row: f"| {row[0]} | b |\n| --- | --- |\n| {row[1]} |  |"),
)


@given(st.lists(light, min_size=1, max_size=6).map("\n\n".join))
def test_light_markdown_reads_back_as_the_same_text(text):
    once = text_of(clean(text, LIGHT))
    assert once.split() == text.split()
    assert text_of(clean(once, LIGHT)) == once


contents = st.lists(st.sampled_from([*TAGS, "a &lt;b&gt;", "- x", "1. y", "# z", "*w*", "\n\n", "<p>", "</p>", "<li>"]))


@given(contents.map(" ".join), st.sampled_from([PLAIN, MARKDOWN, HTML, WORDPRESS]))
def test_what_is_written_of_any_kind_reads_back_the_same(content, kind):
    text = text_of(clean(content, kind))
    assert text_of(clean(text, LIGHT)) == text


def test_a_paragraph_like_an_item_above_a_list_reads_back():
    text = "- words, not an item\n\n- one\n- two\n\n- words again"
    assert [block.kind for block in clean(text, LIGHT)] == [PARAGRAPH, LIST_ITEM, LIST_ITEM, PARAGRAPH]
    assert text_of(clean(text, LIGHT)) == text
