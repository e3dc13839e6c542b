import json

import pytest

from pipelines.posts.post import HTML, LIGHT, MARKDOWN, PLAIN, WORDPRESS, RawPost
from pipelines.read.content_kinds import kind_of_column, kind_of_contents, kind_of_text
from pipelines.read.readable_inputs import readable_inputs
from pipelines.read.reader import read_raw_posts

PROSE = "           A day of rain & wind.\n\n           We went home, <b and had tea (5 > 4)."


@pytest.mark.parametrize(
    ("source", "fields", "kind"),
    [
        ("a.txt", {}, PLAIN),
        ("a.TXT.gz", {}, PLAIN),
        ("a.txt", {"title": "T"}, MARKDOWN),
        ("a.txt", {"variation_of": "x"}, LIGHT),
        ("a.txt", {"content_kind": "html"}, HTML),
        ("a.md", {"content_kind": "plain"}, PLAIN),
        ("b/a.markdown.zst", {}, MARKDOWN),
        ("a.html", {"title": "T"}, HTML),
        ("a.htm.gz", {}, HTML),
    ],
)
def test_a_text_file_is_of_the_kind_that_its_name_and_front_matter_say(source, fields, kind):
    assert kind_of_text(source, fields) == kind


@pytest.mark.parametrize(
    ("content", "names", "kind"),
    [
        ("html", ["id", "html"], HTML),
        ("Content_HTML", ["Content_HTML"], HTML),
        ("plaintext", ["plaintext"], PLAIN),
        ("body_markdown", ["body_markdown"], MARKDOWN),
        ("content:encoded", ["content:encoded"], WORDPRESS),
        ("text", ["variation_id", "post_id", "text"], LIGHT),
        ("text", ["post_id", "text", "content_sha256"], LIGHT),
        ("text", ["id", "text"], ""),
        ("content", ["content"], ""),
    ],
)
def test_a_column_is_of_the_kind_that_its_name_says(content, names, kind):
    assert kind_of_column(content, names) == kind


@pytest.mark.parametrize(
    ("contents", "kind"),
    [
        ([], PLAIN),
        ([PROSE, "Set the <title> of the page."], PLAIN),
        (["A form has a <textarea> in it. 2 * 3 * 4", "- a dash\n- another"], PLAIN),
        (["# A heading\n\nWords", PROSE], MARKDOWN),
        (["See [this](https://a.org)."] + [PROSE] * 9, MARKDOWN),
        (["See [this](https://a.org)."] + [PROSE] * 10, PLAIN),
        (["```\ncode\n```", "<p>a</p>"], MARKDOWN),
        (["## A\n\nSummary.\n<!--more-->\nMore."], MARKDOWN),
        (["<p>One</p>\n<p>Two</p>", "Words."], HTML),
        (["<p>One</p>\n<pre># no heading\n\nx</pre>"], HTML),
        (["One <b>bold</b> word.\n\nA second paragraph."], WORDPRESS),
        (["<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->"], WORDPRESS),
        (["[vc_row][vc_column]Words[/vc_column][/vc_row]"], WORDPRESS),
        (["Tea &amp; rain&nbsp;here.\n\nMore."], WORDPRESS),
        (["\n\nTea &amp; rain here.\n \n"], WORDPRESS),
        (["\n\n<b>One</b> line\nand another\n \n"], HTML),
        (["**Bold** words."], MARKDOWN),
        (["2***Bold** words, a**b**."], PLAIN),
        (["One\n---\n"], MARKDOWN),
        (["\n---\nOne\n"], PLAIN),
    ],
)
def test_a_column_is_of_the_kind_that_its_contents_show_as_a_whole(contents, kind):
    assert kind_of_contents(contents) == kind


@pytest.fixture
def listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def listing(name, text, **settings):
        (tmp_path / name).write_text(text)
        (file,) = readable_inputs([name], columns=None, output="out", **settings)
        return file

    return listing


def jsonl(*contents):
    return "".join(json.dumps({"content": content}) + "\n" for content in contents)


def test_each_file_of_records_is_told_its_kind_once(listed):
    assert listed("a.jsonl", jsonl("<p>One</p>", "No tag")).content_kind == HTML
    assert listed("b.csv", f'id,text\n1,"{PROSE}"\n').content_kind == PLAIN
    assert listed("c.txt", "# Words").content_kind == ""


def test_the_kind_asked_for_counts(listed):
    file = listed("c.txt", "# Title\n\nWords", content_kind=MARKDOWN)
    (post,) = read_raw_posts(file, columns=None)
    assert isinstance(post, RawPost)
    assert (post.content_kind, post.title) == (MARKDOWN, "Title")
    assert listed("a.jsonl", jsonl("<p>One</p>"), content_kind=PLAIN).content_kind == PLAIN


def test_a_heading_in_plain_text_is_no_title(listed):
    (post,) = read_raw_posts(listed("c.txt", "# Title\n\nWords"), columns=None)
    assert (post.content_kind, post.title, post.content) == (PLAIN, "c", "# Title\n\nWords")
