import pytest
from selectolax.lexbor import LexborHTMLParser

from pipelines.clean.chrome import drop_chrome, show_tex


def body_of(html, change):
    tree = LexborHTMLParser(html)
    change(tree)
    return tree.body.inner_html


@pytest.mark.parametrize(
    "part",
    [
        '<div class="sharedaddy">Share</div>',
        '<span class="ln">12</span>',
        '<div id="comments">Fine!</div>',
        '<p style="display: none">Hidden</p>',
        "<p hidden>Hidden</p>",
    ],
)
def test_parts_that_are_no_words_of_the_post_are_dropped(part):
    html = f"<p>Words</p>{part}"
    assert body_of(html, lambda tree: drop_chrome(tree, html)) == "<p>Words</p>"


def test_an_article_with_a_class_of_chrome_stays():
    html = '<article class="related-posts"><p>Words</p></article>'
    assert body_of(html, lambda tree: drop_chrome(tree, html)) == html


def test_an_anchor_of_a_heading_is_dropped_and_a_link_in_it_stays():
    html = '<h2>Tea <a href="#tea">#</a></h2><h2><a href="/rain">Rain</a></h2>'
    assert body_of(html, lambda tree: drop_chrome(tree, html)) == '<h2>Tea </h2><h2><a href="/rain">Rain</a></h2>'


def test_a_formula_becomes_its_tex():
    html = '<p><math><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></math></p>'
    assert body_of(html, lambda tree: drop_chrome(tree, html)) == "<p>x^2</p>"
    assert body_of('<p><script type="math/tex">y</script></p>', show_tex) == "<p>y</p>"
