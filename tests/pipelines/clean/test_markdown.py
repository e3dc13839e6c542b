import resource

import pytest

from pipelines.clean.markdown import is_html, markdown_to_html


@pytest.mark.parametrize(
    "text",
    [
        "<p>One</p>\n<p>two</p>",
        "<div>\n\n    <p>One</p>\n\n    two\n</div>",
        "<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:list -->\n<ul></ul>",
        "\n<!DOCTYPE html><body>\n\n<pre>\n\n# no heading\n</pre>",
        "<H2>One</H2>\n\n<P>two\n\n<P>three",
    ],
)
def test_html_throughout_is_html(text):
    assert is_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "One <p>two</p>",
        "<p>One</p>\n\nTwo.",
        "<h2>One</h2>\n\n- two",
        "<div>\n\n## One\n\n</div>",
        "<b>One</b> two",
        "<div>\n\n  * one\n  * two\n</div>",
    ],
)
def test_a_mix_is_not(text):
    assert not is_html(text)


def test_markdown_becomes_html_and_html_stays():
    assert markdown_to_html("*a*\n\n<p class=x>*b*</p>") == "<p><em>a</em></p>\n<p class=x>*b*</p>\n"


def test_tables_are_read():
    html = markdown_to_html("a | b\n--|--\nc | d")
    assert (
        html.split()
        == (
            "<table> <thead> <tr> <th>a</th> <th>b</th> </tr> </thead> "
            "<tbody> <tr> <td>c</td> <td>d</td> </tr> </tbody> </table>"
        ).split()
    )


def test_memory_does_not_grow_with_the_text_converted():
    text = "*word* and [link](https://a.org)\n\n" * 3_000
    markdown_to_html(text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(50):
        markdown_to_html(text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000  # KiB; the leak alone would be 40,000
