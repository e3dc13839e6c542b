import pytest

from pipelines.read.html_page import page_facts


def page(head="", body="<p>Words</p>"):
    return page_facts(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>")


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Post 1 | Example Blog</title>", "<h1>Post 1</h1>", "Post 1"),
        ("<title>Example Blog » Post 1</title>", "<h1>Post 1</h1>", "Post 1"),
        ("<title>Example Blog: Post 1</title>", "<h1>Post 1</h1>", "Post 1"),
        ("<title>Tea: a history</title>", "<h1>Blog</h1>", "Tea: a history"),
        ("<title>Tea - and rain - Blog</title>", "<h1>Tea - and rain</h1>", "Tea - and rain"),
        ('<title>Post 1 – Blog</title><meta property="og:site_name" content="Blog">', "", "Post 1"),
        ('<title>x</title><meta property="og:title" content="Salt &amp; pepper">', "", "Salt & pepper"),
        ("<title>Post 1 | Blog</title>", "", "Post 1"),
        ("<title>Tea - a history</title>", "", "Tea - a history"),
        ("<title>\n Salt &amp;\n pepper</title>", "", "Salt & pepper"),
        ("", "<h1>The <em>real</em> title</h1>", "The real title"),
        ("", "<h1>One</h1><h1>Two</h1>", ""),
    ],
)
def test_the_title_is_without_the_sites_name(head, body, title):
    assert page(head, body).title == title


def test_the_heading_that_is_the_title_leaves_the_content():
    facts = page("<title>Post 1 | Blog</title>", "<h1 class=x>Post <b>1</b></h1><p>Words</p><h1>Other</h1>")
    assert "Post <b>" not in facts.content
    assert "<p>Words</p><h1>Other</h1>" in facts.content


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        ('<meta name="author" content="Ann Bee">', "", "Ann Bee"),
        (
            '<meta property="article:author" content="https://x.org/ann"><meta name="DC.creator" content="Ann">',
            "",
            "Ann",
        ),
        ('<script type="application/ld+json">{"@type":"BlogPosting","author":{"name":"Ann"}}</script>', "", "Ann"),
        (
            '<script type="application/ld+json">{"@graph":[{"@type":"Article","author":[{"name":"A"},"B"]}]}</script>',
            "",
            "A, B",
        ),
        ("", '<span itemprop="author"><i itemprop="name">Ann</i></span>', "Ann"),
        ("", '<a rel="author" href="/a">Ann</a>', "Ann"),
        ('<script type="application/ld+json">{broken</script>', "", ""),
    ],
)
def test_the_author(head, body, author):
    assert page(head, body).author == author


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="article:published_time" content="2019-07-02T10:00:00Z">', ""),
        ('<meta name="date" content="2019-07-02">', ""),
        ('<meta itemprop="datePublished" content="2019-07-02">', ""),
        ('<script type="application/ld+json">[{"@type":"NewsArticle","datePublished":"2019-07-02"}]</script>', ""),
        ("", '<article><time datetime="2019-07-02">July</time></article>'),
        ("", '<time class="dt-published" datetime="2019-07-02T10:00:00+02:00">July</time>'),
    ],
)
def test_the_date(head, body):
    assert page(head, body).date == "2019-07-02"


def test_labels():
    head = "".join(
        f'<meta property="article:{name}" content="{value}">'
        for name, value in (("section", "S"), ("tag", "a"), ("tag", "b"))
    )
    assert (page(head).category, page(head).tags) == (("S",), ("a", "b"))


def test_a_piece_of_html_has_the_title_of_its_only_heading():
    facts = page_facts("<h1>The real title</h1>\n<h2>Not this</h2>")
    assert (facts.title, facts.content, facts.author, facts.date) == ("The real title", "\n<h2>Not this</h2>", "", "")
    assert page_facts("<p>Words</p>").title == ""
