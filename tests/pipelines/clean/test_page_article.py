import pytest

from pipelines.clean.clean import clean
from pipelines.clean.page import is_page
from pipelines.posts.post import CODE, HEADING, HTML, PARAGRAPH

WORDS = "The river runs past the stones of the old mill, and nobody hears it."
BODY = f"<p>{WORDS}</p>\n<h2>A heading</h2>\n<p>Short.</p>\n<pre>a\n\n  b</pre>"
READ = [(PARAGRAPH, WORDS), (HEADING, "## A heading"), (PARAGRAPH, "Short."), (CODE, "```\na\n\n  b\n```")]
MENU = '<ul class="menu"><li><a href="/">Home</a></li><li><a href="/archive/">Archive of all posts</a></li></ul>'
RELATED = "<h3>Recent posts</h3><ul><li><a href='/x'>Tea and rain</a></li></ul>"
SHARE = '<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="https://twitter.com/share">Twitter</a></li></ul></div>'
COMMENTS = f"<div id='comments'><h2>2 thoughts</h2><ol class='commentlist'><li>{WORDS.upper()}</li></ol></div>"


def read(page):
    return [(block.kind, block.text) for block in clean(page, HTML)]


@pytest.mark.parametrize(
    "body",
    [
        f"<header><nav>{MENU}</nav></header><main><article>{BODY}</article></main><aside>{RELATED}</aside>",
        f"<nav>{MENU}</nav><main>{BODY}{SHARE}</main><footer>Powered by Jekyll</footer>",
        f"<div id='header'>{MENU}</div><div><div class='entry-content'>{BODY}{SHARE}</div></div>{COMMENTS}",
        f"<div>{MENU}</div><div class='post-body entry-content'>{BODY}</div><div class='sidebar'>{RELATED}</div>",
        f"<div id='header'><h2>Blog</h2></div><div id='sidebar'>{RELATED}</div><div id='content'>{BODY}</div>",
        f"<main><article><p class='meta'>Posted on July 1 by Ann</p>{BODY}</article></main>",
        f"<article><div itemprop='articleBody'>{BODY}</div></article><article>{RELATED}</article>",
        f"<form action='x.aspx'><div>{MENU}</div><main>{BODY}</main><input name='q'></form>",
    ],
)
def test_the_article_of_a_page_is_read_without_what_is_around_it(body):
    assert read(f"<!DOCTYPE html><html><head><title>T</title></head><body>{body}</body></html>") == READ


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='navbar'>{MENU}</div><div class='c'><div class='col'>{BODY * 3}</div></div>",
        f"<table><tr><td>{MENU}</td><td>{BODY * 3}</td></tr></table>",
    ],
)
def test_of_a_page_that_marks_no_article_no_word_is_lost(body):
    found = read(f"<html><body>{body}</body></html>")
    assert [each for each in found if each in READ] == READ * 3
    assert not any("Archive" in text for _, text in found)


def test_a_page_of_nothing_but_an_article():
    assert read(f"<html><body>{BODY}</body></html>") == READ


def test_an_excerpt_with_the_mark_of_an_article_is_not_taken_for_it():
    page = f"<html><body><div class='entry-content'>Brief.</div><main>{BODY}<p>{WORDS}</p></main></body></html>"
    assert read(page) == [*READ, (PARAGRAPH, WORDS)]


@pytest.mark.parametrize(
    "html", ["<!doctype HTML><p>a", "\n<!-- x --><html>", "<?xml version='1.0'?>\n<!DOCTYPE html>"]
)
def test_a_page(html):
    assert is_page(html)


@pytest.mark.parametrize("html", ["<p>a</p>", "<article>a</article>", "<h1>a</h1><body>", "a <html>"])
def test_a_piece_of_html(html):
    assert not is_page(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p hidden>x</p>",
        '<p style="color:red; display: none">x</p>',
        "<span style='visibility:hidden'>x</span>",
        "<form><label>x</label><button>x</button><select><option>x</select><input value=x></form>",
        f"{SHARE}",
        "<div id=jp-relatedposts>x</div>",
        '<div class="addtoany_share_save_container">x</div>',
        '<span class="screen-reader-text">x</span>',
    ],
)
def test_what_is_not_shown_or_serves_the_site_goes(html):
    assert read(f"<p>Words.</p>{html}<p>More.</p>") == [(PARAGRAPH, "Words."), (PARAGRAPH, "More.")]


@pytest.mark.parametrize(
    "anchor", ['<a href="#x" class="anchor">#</a>', '<a class="headerlink" href="#x">¶</a>', '<a href="#x"></a>']
)
def test_a_heading_loses_the_link_to_itself(anchor):
    assert read(f"<h2>{anchor}Heading</h2>") == read(f"<h2>Heading {anchor}</h2>") == [(HEADING, "## Heading")]


def test_a_formula_is_read_once_as_its_tex():
    formula = (
        '<span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>y</mi><mn>2</mn></mrow>'
        '<annotation encoding="application/x-tex">y^2</annotation></semantics></math></span>'
        '<span class="katex-html" aria-hidden="true">y2</span></span>'
    )
    assert read(f"<p>Eq {formula} end.</p>") == [(PARAGRAPH, "Eq y^2 end.")]


@pytest.mark.parametrize(
    "gutter", ['<td class="gutter"><pre class="lineno">1\n2</pre></td>', '<td class="linenos">1\n2</td>']
)
def test_line_numbers_are_no_code(gutter):
    code = '<td class="code"><pre>def f():\n    return 1\n</pre></td>'
    assert read(f"<table><tbody><tr>{gutter}{code}</tr></tbody></table>") == [
        (CODE, "```\ndef f():\n    return 1\n```")
    ]
