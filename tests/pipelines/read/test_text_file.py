import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.posts.post import RawPost, Reject
from pipelines.read.text_file import read_text_file


def test_a_post_with_front_matter():
    front_matter = b"title: A title\nauthor: Jane\ndate: May 3, 2021\ncategory: news\ntags: [a, b]"
    data = b"---\n" + front_matter + b"\n---\n\nFirst.\n\nSecond.\n"
    assert read_text_file(data, source="blog/2023-12-05-slug.txt") == RawPost(
        source="blog/2023-12-05-slug.txt",
        position=0,
        post_id="blog/2023-12-05-slug",
        content="First.\n\nSecond.",
        title="A title",
        author="Jane",
        date="2021-05-03",
        category=("news",),
        tags=("a", "b"),
        content_kind="markdown",
    )


def test_a_bare_post_is_described_by_its_name():
    assert read_text_file(b"Body", source="2023-12-05-some_long-title.v2.md") == RawPost(
        source="2023-12-05-some_long-title.v2.md",
        position=0,
        post_id="2023-12-05-some_long-title.v2",
        content="Body",
        title="some long title.v2",
        date="2023-12-05",
        content_kind="markdown",
    )


@pytest.mark.parametrize(
    ("source", "title", "date"),
    [
        ("site__news-2014-02-2014-02-14-engagement.txt", "engagement", "2014-02-14"),
        ("2023/12/05/a-title.html", "a title", "2023-12-05"),
        ("2023-12-05-a-title/index.md", "a title", "2023-12-05"),
        ("a-title.txt", "a title", ""),
    ],
)
def test_title_and_date_from_the_path(source, title, date):
    post = read_text_file(b"Body", source=source)
    assert (post.title, post.date) == (title, date)


def test_a_first_heading_is_the_title_and_leaves_the_body():
    post = read_text_file(b"\n# The title #\n\nBody\n# Not this", source="a.md")
    assert (post.title, post.content) == ("The title", "Body\n# Not this")


def test_the_title_of_front_matter_comes_before_a_heading_which_then_stays():
    post = read_text_file(b"---\ntitle: T\n---\n# H\nBody", source="a.md")
    assert (post.title, post.content) == ("T", "# H\nBody")


def test_an_html_file_names_its_title():
    page = b"<html><head><title>\n Salt &amp; pepper</title></head><body><p>Body</p></body></html>"
    assert read_text_file(page, source="a.html").title == "Salt & pepper"
    assert read_text_file(page, source="a.HTM.gz").title == "Salt & pepper"
    assert read_text_file(page, source="a.txt").title == "a"


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("author: Jane Doe", "Jane Doe"),
        ("author: Doe, Jane", "Doe, Jane"),
        ("authors: Jane|John", "Jane, John"),
        ("authors: [Jane, John, Jane]", "Jane, John"),
        ("authors:\n- name: Jane\n  url: x\n- name: John", "Jane, John"),
        ("author:\nauthors: [Jane]", "Jane"),
    ],
)
def test_authors(written, author):
    assert read_text_file(f"---\n{written}\n---\nBody".encode(), source="a.txt").author == author


@pytest.mark.parametrize(
    ("written", "category", "tags"),
    [
        ("categories: a, b", ("a", "b"), ()),
        ("topics:\n- a, b\n- a, b\n- c", ("a, b", "c"), ()),
        ("category: a\ncategories: [a, b]\ntags: x; y", ("a", "b"), ("x", "y")),
    ],
)
def test_categories_and_tags(written, category, tags):
    post = read_text_file(f"---\n{written}\n---\nBody".encode(), source="a.txt")
    assert (post.category, post.tags) == (category, tags)


def test_a_date_that_is_none_gives_way_to_the_name():
    assert read_text_file(b"---\ndate: soon\n---\nBody", source="2023-12-05-a.txt").date == "2023-12-05"


def test_broken_front_matter_is_told_and_costs_no_post():
    post = read_text_file(b"---\ntitle: A: B\ntags: [a,\n---\n\nBody", source="2023-12-05-the-slug.txt")
    assert (post.title, post.date, post.content) == ("A: B", "2023-12-05", "Body")
    assert post.front_matter_error == "line 2: mapping values are not allowed in this context"


def test_front_matter_that_is_sound_has_no_error():
    assert read_text_file(b"---\ntitle: A\n---\nBody", source="a.txt").front_matter_error == ""


@pytest.mark.parametrize("suffix", [".txt", ".md.gz", ".html.zst", ".markdown", ".HTM"])
def test_neither_suffix_is_part_of_the_id(suffix):
    post = read_text_file(b"Body", source=f"zip.zip/2023-12-05-a.b{suffix}")
    assert (post.post_id, post.title) == ("zip.zip/2023-12-05-a.b", "a.b")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ends(end):
    post = read_text_file(end.join(["---", "title: T", "---", "", "One", "Two"]).encode(), source="a.txt")
    assert (post.title, post.content) == ("T", "One\nTwo")


def test_line_ends_of_all_kinds_in_one_file():
    post = read_text_file(b"---\r\ntitle: T\r---\n\r\nOne\rTwo\r\nThree\n", source="a.txt")
    assert (post.title, post.content) == ("T", "One\nTwo\nThree")


@pytest.mark.parametrize(
    "body",
    [
        '{{< figure src="a.png" >}}\n\n{% include b %}\n\n{{ site.c }}',
        "<p>One &amp; two</p>\n<script>let a</script>\n<!--more-->\n<style>p {}</style>",
        "```\n---\ntitle: code\n---\n```",
        "no\u00a0break zero\u200bwidth soft\u00adhyphen",
        "word " * 2_000 + "end",
    ],
)
def test_reading_leaves_a_body_as_it_was_written(body):
    assert read_text_file(f"---\ntitle: T\n---\n\n{body}\n".encode(), source="a.md").content == body


def test_the_indent_of_a_first_line_is_its_own():
    assert read_text_file(b"---\na: b\n---\n\n    code\n", source="a.txt").content == "    code"


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"---\ntitle: T\n---\n", b"# Only a title\n", b"\xef\xbb\xbf\n"])
def test_an_empty_body_is_rejected(data):
    reject = read_text_file(data, source="a/b.md")
    assert isinstance(reject, Reject)
    assert (reject.stage, reject.reason, reject.post_id, reject.position) == ("read", "empty body", "a/b", 0)


def test_a_file_that_is_no_text_is_rejected():
    reject = read_text_file(b"\x89PNG\r\n\x81\x8d", source="a.txt")
    assert isinstance(reject, Reject)
    assert reject.reason == "undecodable bytes"


@given(st.binary())
def test_any_bytes_give_one_post_or_reject_that_can_be_written(data):
    result = read_text_file(data, source="a.txt")
    (result.content if isinstance(result, RawPost) else result.excerpt).encode()


@pytest.mark.parametrize(
    "line",
    [
        *("draft: true", "draft: True", "draft: yes", "draft: on", "draft: y", "draft: 1", "isDraft: true"),
        *("published: false", "published: no", "published: off", "is_published: N", "publish: no"),
        *("wip: true", "hidden: true", "unlisted: yes", "state: draft", "status: in progress"),
        *("status: draft", "status: private", "Status: Draft", "visibility: private", "private: yes"),
        *("eleventyExcludeFromCollections: true", "status: future"),
    ],
)
def test_a_draft_is_rejected(line):
    read = read_text_file(f"---\ntitle: A\n{line}\n---\nNot yet.\n".encode(), source="a.md")
    assert isinstance(read, Reject)
    key, _, value = line.partition(":")
    assert (read.reason, read.value, read.excerpt) == ("not published", f"{key.lower()}:{value}", "Not yet.")


@pytest.mark.parametrize(
    "header", ["Title: A\nDate: 2010-12-03 10:20\nStatus: draft\n\n", "title: A\ndraft: on\n---\n"]
)
def test_a_draft_without_fences_is_rejected(header):
    read = read_text_file(f"{header}Not yet.\n".encode(), source="a.md")
    assert (read.reason, read.excerpt) == ("not published", "Not yet.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Title: My post\nDate: 2010-12-03\nCategory: Machine Learning\nTags: a, b\nSummary: x\n   y\n\nBody.\n",
            ("My post", "2010-12-03", ("Machine Learning",), ("a", "b"), "Body."),
        ),
        (
            "title: Hexo\ndate: 2020-01-02\ntags:\n- x\n- y\n---\nBody.\n",
            ("Hexo", "2020-01-02", (), ("x", "y"), "Body."),
        ),
        ("Note: this is no header\n\nBody.", ("a", "", (), (), "Note: this is no header\n\nBody.")),
        (
            "Title: only that\nwith a second line\n\nBody.",
            ("a", "", (), (), "Title: only that\nwith a second line\n\nBody."),
        ),
    ],
)
def test_header_lines_without_fences(text, told):
    post = read_text_file(text.encode(), source="a.md")
    assert (post.title, post.date, post.category, post.tags, post.content) == told


@pytest.mark.parametrize(
    ("written", "source", "category"),
    [
        ("categories: jekyll update", "a.md", ("jekyll", "update")),
        ("categories: News Updates", "_posts/2020-01-01-a.md", ("News", "Updates")),
        ("categories: News Updates", "a.md", ("News Updates",)),
        ("category: machine learning", "a.md", ("machine learning",)),
        ("categories:\n- [Sports, Baseball]\n- [Food]\n- Art", "a.md", ("Sports", "Baseball", "Food", "Art")),
        ("categories: nan", "a.md", ()),
        ("categories: [None, Food]", "a.md", ("Food",)),
    ],
)
def test_nested_and_spaced_categories(written, source, category):
    assert read_text_file(f"---\n{written}\n---\nBody".encode(), source=source).category == category


@pytest.mark.parametrize("word", ["nan", "NaN", "None", "NULL", "null", "NaT", "\\N", "<NA>"])
def test_words_for_nothing_are_nothing(word):
    post = read_text_file(f"---\ntitle: '{word}'\nauthor: '{word}'\ndate: '{word}'\n---\nBody".encode(), source="a.md")
    assert (post.title, post.author, post.date, post.date_unread) == ("a", "", "", "")


def test_a_page_of_notion():
    name = "Page 0123456789abcdef0123456789abcdef.md"
    text = "# Page\n\nCreated: May 5, 2020 10:15 AM\nTags: a, b\nStatus: Published\n\nWords: many.\n"
    post = read_text_file(text.encode(), source=name)
    assert (post.title, post.date, post.tags, post.content) == ("Page", "2020-05-05", ("a", "b"), "Words: many.")
    assert read_text_file(b"Words.", source=name).title == "Page"


MEDIUM = (
    '<!DOCTYPE html><html><head><title>A Title</title></head><body><article class="h-entry"><header>'
    '<h1 class="p-name">{title}</h1></header><section data-field="subtitle" class="p-summary">Sub</section>'
    '<section data-field="body" class="e-content"><section><div><hr></div>{body}</section></section>'
    '<footer>{published}<p>Exported from <a href="https://medium.com">Medium</a> on May 1, 2024.</p></footer>'
    "</article></body></html>"
)
BODY = '<h3 class="graf--title">A Title</h3><h4 class="graf--subtitle">Sub</h4><p class="graf--p">Real words.</p>'
PUBLISHED = (
    '<p>By <a href="https://medium.com/@x" class="p-author h-card">Ann Bee</a> on <time class="dt-published" '
    'datetime="2018-08-11T11:11:11.000Z">August 11, 2018</time>.</p>'
)


def medium(**parts):
    page = MEDIUM.format(**{"title": "A Title", "body": BODY, "published": PUBLISHED, **parts})
    return read_text_file(page.encode(), source="posts/x.html")


def test_a_page_of_medium():
    post = medium()
    assert (post.title, post.author, post.date) == ("A Title", "Ann Bee", "2018-08-11")
    assert "Real words." in post.content
    assert not any(each in post.content for each in ("A Title", "Sub", "Exported", "Ann Bee"))


def test_a_draft_and_a_response_on_medium_are_rejects():
    assert (medium(published="").reason, medium(published="").value) == ("not published", "draft")
    response = medium(title="I agree with you", body="<p class='graf--p'>I agree with you on all of it.</p>")
    assert (response.reason, response.value) == ("not a post", "response")


def test_a_page_of_tumblr():
    page = (
        "<!DOCTYPE HTML><html><head><title>x</title></head><body><h1>Tea</h1><p>Hot words.</p>"
        '<div id="footer"><span id="timestamp"> October 5th, 2016 6:18pm </span><span class="tag">a b</span>'
        '<span class="tag">c</span></div></body></html>'
    )
    post = read_text_file(page.encode(), source="1.html")
    assert (post.title, post.date, post.tags) == ("Tea", "2016-10-05", ("a b", "c"))
    assert "Hot words." in post.content
    assert "October" not in post.content


@pytest.mark.parametrize("line", ["draft: false", "published: 2020-01-02", "published: true", "status: publish"])
def test_what_is_published_is_a_post(line):
    assert isinstance(read_text_file(f"---\ntitle: A\n{line}\n---\nHere.\n".encode(), source="a.md"), RawPost)
