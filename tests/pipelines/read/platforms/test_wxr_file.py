import io
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.posts.post import RawPost, Reject
from pipelines.read.platforms import wxr_file
from pipelines.read.platforms.wxr_file import read_wxr_file
from pipelines.read.xml import xml_records

RUSSIAN = "Вчера весь день шёл дождь, а сегодня светит солнце."

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is an export -->
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>A blog</title>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_login><![CDATA[jd]]></wp:author_login><wp:author_email><![CDATA[jd@example.org]]></wp:author_email>
<wp:author_display_name><![CDATA[Jane Doe]]></wp:author_display_name></wp:author>
"""
TAIL = "</channel>\n</rss>\n"


def item(post_id=1, *, title="A title", content="<p>Words</p>", kind="post", status="publish", more=""):
    return f"""<item>
<title>{title}</title>
<link>https://example.org/{post_id}</link>
<pubDate>Tue, 05 Dec 2023 10:00:00 +0000</pubDate>
<dc:creator><![CDATA[jd]]></dc:creator>
<guid isPermaLink="false">https://example.org/?p={post_id}</guid>
<content:encoded><![CDATA[{content}]]></content:encoded>
<excerpt:encoded><![CDATA[An excerpt]]></excerpt:encoded>
<wp:post_id>{post_id}</wp:post_id>
<wp:status><![CDATA[{status}]]></wp:status>
<wp:post_type><![CDATA[{kind}]]></wp:post_type>
{more}</item>
"""


def read(text, *, source="blog.xml"):
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_wxr_file(io.BytesIO(data), source=source))


def told(results):
    return [(each.position, each.content if isinstance(each, RawPost) else each.reason) for each in results]


def test_an_item_is_a_post():
    more = """<wp:post_date><![CDATA[2023-12-05 23:30:00]]></wp:post_date>
<category domain="category" nicename="food"><![CDATA[Food &amp; drink]]></category>
<category domain="category" nicename="a-b"><![CDATA[A, b]]></category>
<category domain="post_tag" nicename="salt"></category>
<category domain="post_format" nicename="post-format-aside"><![CDATA[Aside]]></category>
"""
    content = "<p>One &amp; two</p>\n\n<!--more-->\n]] > <b>end</b>"
    assert read(HEAD + item(7, title="Salt &amp;#8217;n pepper", content=content, more=more) + TAIL) == [
        RawPost(
            source="blog.xml",
            position=1,
            post_id="7",
            title="Salt ’n pepper",
            author="Jane Doe",
            date="2023-12-05",
            category=("Food & drink", "A, b"),
            tags=("salt",),
            content=content,
            content_kind="wordpress",
        )
    ]


def test_what_an_old_export_lacks_is_made_up_for():
    old = """<rss><channel><wp:wxr_version>1.0</wp:wxr_version><item><title>T</title><link>https://example.org/1</link>
<pubDate>Tue, 05 Dec 2023 10:00:00 +0000</pubDate><dc:creator>someone</dc:creator>
<category><![CDATA[News]]></category><category domain="category" nicename="news"><![CDATA[News]]></category>
<category domain="tag"><![CDATA[x]]></category><content:encoded>Words</content:encoded></item></channel></rss>"""
    (post,) = read(old)
    assert (post.post_id, post.author, post.date) == ("https://example.org/1", "someone", "2023-12-05")
    assert (post.category, post.tags) == (("News",), ("x",))


def test_a_cdata_section_that_holds_the_end_of_one():
    (post,) = read(HEAD + item(content="a ]]]]><![CDATA[> b") + TAIL)
    assert post.content == "a ]]> b"


@pytest.mark.parametrize("kind", ["page", "attachment", "revision", "nav_menu_item", "wp_block", "recipe"])
def test_what_is_no_post_is_rejected(kind):
    (reject,) = read(HEAD + item(kind=kind) + TAIL)
    assert (reject.position, reject.post_id, reject.reason, reject.value) == (1, "1", "not a post", kind)


@pytest.mark.parametrize("status", ["draft", "private", "pending", "future", "trash", "auto-draft", "inherit"])
def test_what_is_not_published_is_rejected(status):
    (reject,) = read(HEAD + item(status=status) + TAIL)
    assert (reject.reason, reject.value, reject.excerpt) == ("not published", status, "A title")


def test_a_post_behind_a_password_is_not_published():
    (reject,) = read(HEAD + item(more="<wp:post_password><![CDATA[secret]]></wp:post_password>") + TAIL)
    assert (reject.reason, reject.value) == ("not published", "password")


def test_an_empty_post_is_rejected():
    (reject,) = read(HEAD + item(content=" ") + TAIL)
    assert reject.reason == "empty content"


COMMENT = """<wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_author><![CDATA[Visitor]]></wp:comment_author>
<wp:comment_author_email>visitor@example.org</wp:comment_author_email><title>Visitor</title>
<wp:comment_author_IP>192.0.2.1</wp:comment_author_IP>
<wp:comment_content><![CDATA[Visitor's words]]></wp:comment_content></wp:comment>
"""


@pytest.mark.parametrize(
    "export",
    [
        item(more=COMMENT),
        item(more=COMMENT, status="draft"),
        item(more=COMMENT, kind="page"),
        item(more=COMMENT, content=""),
        item(more=COMMENT, title="A & B"),
        item(more=COMMENT + "<broken></wp:comment>"),
        item(more=COMMENT)[:-60],
        item(more=COMMENT.replace("<wp:comment_id>", "<wp:comment_id")),
    ],
)
def test_nothing_of_a_commenter_is_given_out(export):
    told = str(read(HEAD + export + TAIL))
    assert "isitor" not in told
    assert "192.0.2.1" not in told


def test_control_characters_are_left_out():
    (post,) = read(HEAD + item(title="A\x0b title\x00", content="One\x08\ufffe two\x1f") + TAIL)
    assert (post.title, post.content) == ("A title", "One two")


def test_entities_of_html_outside_cdata_are_read():
    (post,) = read(HEAD + item(title="Salt&nbsp;&amp;&hellip;") + TAIL)
    assert post.title == "Salt &…"


CHUNKS = pytest.mark.parametrize("chunk", [7, 100, 1 << 16])


@pytest.mark.parametrize(
    ("broken", "title"),
    [
        ("Salt & pepper", "Salt & pepper"),
        ("a < b", "a < b"),
        ("<b>open", "<b>open"),
        ("a &; b", "a &; b"),
        ("AT&T &nbsp;&copy", "AT&T ©"),
        ("</nothing>", "</nothing>"),
        ("one&#1; two&#xFFFF;", "one two"),
    ],
)
@CHUNKS
def test_a_slip_in_an_item_costs_nothing(broken, title, chunk, monkeypatch):
    monkeypatch.setattr(xml_records, "_CHUNK_BYTES", chunk)
    results = read(HEAD + item(1) + item(2, title=broken) + item(3, content="Three") + TAIL)
    assert told(results) == [(1, "<p>Words</p>"), (2, "<p>Words</p>"), (3, "Three")]
    assert (results[1].title, results[1].post_id, results[1].author) == (" ".join(title.split()), "2", "Jane Doe")


@CHUNKS
def test_the_end_of_cdata_within_it_costs_nothing(chunk, monkeypatch):
    monkeypatch.setattr(xml_records, "_CHUNK_BYTES", chunk)
    broken = "<script>//<![CDATA[\nx[a[0]]>1 //]]>\n</script> & more"
    results = read(HEAD + item(1, content=broken) + item(2, content="a[b[0]]>1 <i>& c</i>") + item(3) + TAIL)
    assert told(results) == [(1, broken), (2, "a[b[0]]>1 <i>& c</i>"), (3, "<p>Words</p>")]


@CHUNKS
def test_a_slip_does_not_make_a_draft_a_post(chunk, monkeypatch):
    monkeypatch.setattr(xml_records, "_CHUNK_BYTES", chunk)
    results = read(HEAD + item(1, title="a & b <i>", status="draft") + item(2, title="<i>", kind="page") + TAIL)
    assert told(results) == [(1, "not published"), (2, "not a post")]
    unended = item(3, title="T & U").replace("</wp:status>", "")
    (lost,) = read(HEAD + unended + TAIL)
    assert (lost.reason, lost.post_id, lost.excerpt) == ("broken XML", "3", "T & U")


@CHUNKS
def test_an_item_without_end_costs_itself_alone_and_is_named(chunk, monkeypatch):
    monkeypatch.setattr(xml_records, "_CHUNK_BYTES", chunk)
    unended = item(2, title="Half").partition("<wp:status>")[0]
    results = read(HEAD + item(1) + unended + item(3, content="Three") + TAIL)
    assert told(results) == [(1, "<p>Words</p>"), (2, "broken XML"), (3, "Three")]
    assert (results[1].post_id, results[1].excerpt) == ("2", "Half")


JUNK = "<br />\n<b>Warning</b>: Undefined variable & more in <b>/x.php</b> on line <b>5</b><br />\n"


@pytest.mark.parametrize("before", ["\n", "  \r\n\n", "\ufeff", "\n\ufeff", JUNK, "junk <!-- x -->\n"])
@CHUNKS
def test_what_stands_before_the_xml_costs_no_post(before, chunk, monkeypatch):
    monkeypatch.setattr(xml_records, "_CHUNK_BYTES", chunk)
    results = read(before + HEAD + item(1) + item(2) + item(3) + TAIL)
    posts = [each for each in results if isinstance(each, RawPost)]
    assert [(post.post_id, post.author) for post in posts] == [(str(n), "Jane Doe") for n in (1, 2, 3)]
    rejects = [each for each in results if isinstance(each, Reject)]
    assert [each.value.startswith("line 1: text before the XML: ") for each in rejects] == [True] * bool(
        before.strip("\ufeff\r\n ")
    )


def test_the_encoding_is_declared_after_what_stands_before():
    data = b"\n" + (HEAD + item(content="caf\xe9") + TAIL).replace("UTF-8", "ISO-8859-1").encode("latin-1")
    (post,) = read(data)
    assert post.content == "caf\xe9"


@CHUNKS
def test_junk_between_items_and_behind_them_costs_no_post(chunk, monkeypatch):
    monkeypatch.setattr(xml_records, "_CHUNK_BYTES", chunk)
    results = read(HEAD + item(1) + JUNK + item(2) + item(3) + TAIL + JUNK)
    assert [each.post_id for each in results if isinstance(each, RawPost)] == ["1", "2", "3"]


def test_items_alone_and_two_exports_in_one_file_are_read():
    results = read(item(1) + item(2) + item(3) + TAIL)
    assert told(results) == [(1, "<p>Words</p>"), (2, "broken XML"), (3, "<p>Words</p>"), (4, "<p>Words</p>")]
    whole = HEAD + item(1) + TAIL
    both = read(whole + whole.replace("_id>1<", "_id>2<"))
    assert [each.post_id for each in both if isinstance(each, RawPost)] == ["1", "2"]


def test_where_an_export_is_cut_off_the_posts_before_are_kept():
    text = HEAD + item(1) + item(2)
    results = read(text[: text.rindex("Words")])
    assert told(results) == [(1, "<p>Words</p>"), (2, "broken XML")]
    assert results[1].value.startswith("line 27: ")
    assert told(read(text)) == [(1, "<p>Words</p>"), (2, "<p>Words</p>"), (3, "broken XML")]


def test_a_break_before_the_first_item_is_told_with_the_posts_after_it():
    results = read(HEAD.replace("A blog", "A & B") + item(1) + TAIL)
    assert told(results)[:2] == [(1, "broken XML"), (2, "<p>Words</p>")]


def test_what_is_declared_as_an_entity_is_not_expanded():
    bomb = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 1000}">{bomb}]>'
    (reject,) = read(HEAD.replace("<rss", f"{doctype}<rss") + item(content="", more="&i;") + TAIL)
    assert (reject.reason, reject.value) == ("not a WordPress export", "line 3: an entity is declared")


def test_a_post_beyond_the_limit_is_rejected_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(xml_records, "RECORD_LIMIT", 200)
    results = read(HEAD + item(1, content="x" * 300) + item(2) + TAIL)
    assert told(results) == [(1, "record too long"), (2, "<p>Words</p>")]
    assert results[0].threshold == str(wxr_file.RECORD_LIMIT)


@pytest.mark.parametrize(
    ("data", "content"),
    [
        ((HEAD + item(content="café") + TAIL).encode(), "café"),
        (b"\xef\xbb\xbf" + (HEAD + item(content="café") + TAIL).encode(), "café"),
        ((HEAD + item(content="caf? – é") + TAIL).encode().replace(b"caf?", b"caf\xe9"), "café – é"),
        ((HEAD + item(content="caf?") + TAIL).encode().replace(b"caf?", b"caf\x81"), "caf\ufffd"),
        ((HEAD + item(content="café") + TAIL).replace("UTF-8", "ISO-8859-1").encode("latin-1"), "café"),
        ((HEAD + item(content="слова") + TAIL).replace("UTF-8", "windows-1251").encode("cp1251"), "слова"),
        ((HEAD + item(content=RUSSIAN) + TAIL).encode("koi8_r"), RUSSIAN),
        ((HEAD + item(content="天气很好，我们去散步。") + TAIL).encode("gb18030"), "天气很好，我们去散步。"),
        ((HEAD + item(content="café") + TAIL).replace("UTF-8", "UTF-16").encode("utf-16"), "café"),
        ((HEAD + item(content="café") + TAIL).replace("UTF-8", "nonsense").encode(), "café"),
    ],
)
def test_encodings(data, content):
    (post,) = read(data)
    assert post.content == content


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<urlset><url><loc>https://example.org</loc></url></urlset>", ""),
        ("<rss><channel><item><title>T</title><content:encoded>W</content:encoded></item></channel></rss>", ""),
        ("<feed><entry><title>T</title><content>W</content></entry></feed>", ""),
        ("<html><p>Words<br></html>", "line 1: mismatched tag"),
        ("Words.", "line 1: syntax error"),
        ("", "line 1: no element found"),
    ],
)
def test_what_is_no_export_is_one_reject(text, value):
    reason = "not a WordPress export"
    assert read(text) == [Reject(source="blog.xml", position=0, stage="read", reason=reason, value=value)]


def test_an_export_without_items_is_one_reject():
    assert told(read(HEAD + TAIL)) == [(0, "empty file")]


KIND = "http://schemas.google.com/blogger/2008/kind#"


def entry(kind, *, control="", newer=""):
    return f"""<entry><id>tag:blogger.com,1999:blog-1.post-2</id><published>2023-12-05T10:00:00.000+01:00</published>
<category scheme="http://schemas.google.com/g/2005#kind" term="{KIND}{kind}"/>
<category scheme="http://www.blogger.com/atom/ns#" term="salt, pepper"/><title type="text">A title</title>
<content type="html">{escape("<p>Words</p>")}</content><author><name>Jane</name><email>jane@example.org</email></author>
{control}{newer}</entry>"""


def test_an_entry_of_blogger_is_a_post():
    assert read(f"<feed>{entry('post')}</feed>") == [
        RawPost(
            source="blog.xml",
            position=1,
            post_id="tag:blogger.com,1999:blog-1.post-2",
            title="A title",
            author="Jane",
            date="2023-12-05",
            tags=("salt, pepper",),
            content="<p>Words</p>",
            content_kind="html",
        )
    ]


@pytest.mark.parametrize(
    ("entry", "reason", "value"),
    [
        (entry("post", control="<app:control><app:draft>yes</app:draft></app:control>"), "not published", "draft"),
        (entry("post", newer="<blogger:status>DRAFT</blogger:status>"), "not published", "draft"),
        (entry("page"), "not a post", "page"),
        (entry("template"), "not a post", "template"),
        (entry("post", newer="<blogger:type>PAGE</blogger:type>"), "not a post", "page"),
    ],
)
def test_other_entries_of_blogger_are_rejects(entry, reason, value):
    (reject,) = read(f"<feed>{entry}</feed>")
    assert (reject.reason, reject.value) == (reason, value)


def test_a_comment_of_blogger_is_a_reject_that_tells_nothing():
    reject = Reject(
        source="blog.xml",
        position=1,
        post_id="tag:blogger.com,1999:blog-1.post-2",
        stage="read",
        reason="not a post",
        value="comment",
    )
    assert read(f"<feed>{entry('comment')}</feed>") == [reject]


pieces = st.sampled_from(
    [item(1), item(2, title="a & b"), item(3, kind="page"), "<item>", "</item>", "&", "]]>", "<!--"]
)


@given(st.lists(pieces, max_size=6), st.integers(1, 5000))
def test_any_export_is_read_to_its_end_in_order_whatever_the_chunks(parts, chunk):
    text = HEAD + "".join(parts) + TAIL
    whole = read(text)
    assert [result.position for result in whole] in (list(range(1, len(whole) + 1)), [0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xml_records, "_CHUNK_BYTES", chunk)
        assert told(read(text)) == told(whole)
