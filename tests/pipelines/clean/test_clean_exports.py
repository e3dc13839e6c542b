"""What the exports of blogging systems hold beside the post's own words."""

import pytest

from pipelines.clean.clean import clean
from pipelines.posts.post import HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE


def read(content):
    return [(block.kind, block.text) for block in clean(content)]


def test_wordpress_block_comments_go_with_their_attributes():
    content = """<!-- wp:heading {"level":3,"style":{"color":{"text":"#fff"}}} -->
<h3 class="wp-block-heading">Bread</h3>
<!-- /wp:heading -->

<!-- wp:paragraph {"align":"center","placeholder":"a --\\u003e b"} -->
<p class="has-text-align-center">Flour and water.</p>
<!-- /wp:paragraph -->

<!-- wp:list {"ordered":true} -->
<ol class="wp-block-list"><!-- wp:list-item -->
<li>Mix</li>
<!-- /wp:list-item -->

<!-- wp:list-item -->
<li>Wait</li>
<!-- /wp:list-item --></ol>
<!-- /wp:list -->

<!-- wp:latest-posts /-->"""
    assert read(content) == [
        (HEADING, "### Bread"),
        (PARAGRAPH, "Flour and water."),
        (LIST_ITEM, "1. Mix"),
        (LIST_ITEM, "2. Wait"),
    ]


def test_wordpress_shortcodes_leave_what_they_enclose():
    content = """[caption id="attachment_7" align="left" width="300"]<img src="loaf.jpg" alt="" /> A loaf[/caption]

[gallery ids="1,2,3" columns="2"]

Flour [embed]https://a.org/v[/embed]"""
    assert read(content) == [(PARAGRAPH, "A loaf"), (PARAGRAPH, "Flour https://a.org/v")]


@pytest.mark.parametrize(
    "content",
    [
        "Flour.<!--more-->Water.",
        "Flour.\n\n<!--more Read on-->\n\nWater.",
        "<p>Flour.</p>\n<!-- more -->\n<p>Water.</p>",
        "Flour.\n<!--nextpage-->Water.",
    ],
)
def test_the_end_of_a_summary_is_the_end_of_a_paragraph(content):
    assert read(content) == [(PARAGRAPH, "Flour."), (PARAGRAPH, "Water.")]


def test_mojibake_invisible_characters_and_entities_at_once():
    assert read("<p>It&#226;€™s&nbsp;a caf&Atilde;&copy;&#8203;, so&shy;ly.</p>") == [(PARAGRAPH, "It’s a café, soly.")]


def test_scripts_and_styles_go():
    content = "<style>p { color: red }</style><p>Flour<script>track('x')</script></p><noscript>Off</noscript>"
    assert read(content) == [(PARAGRAPH, "Flour")]


def test_a_medium_export():
    content = """<section name="4b01" class="section section--body"><div class="section-divider"><hr></div>
<div class="section-content"><div class="section-inner"><h3 name="a1" class="graf graf--h3 graf--title">Bread</h3>
<figure name="f1" class="graf graf--figure"><img data-image-id="1*x.png" src="https://cdn.a.org/x.png">
<figcaption class="imageCaption">Photo by <a href="https://a.org/ann">Ann</a></figcaption></figure>
<p name="p1" class="graf graf--p">Flour and <strong class="markup--strong">water</strong>.</p>
<blockquote name="q1" class="graf graf--blockquote">Time does it.</blockquote></div></div></section>"""
    assert read(content) == [
        (HEADING, "### Bread"),
        (LINK, "![](https://cdn.a.org/x.png)"),
        (PARAGRAPH, "Photo by [Ann](https://a.org/ann)"),
        (PARAGRAPH, "Flour and water."),
        (QUOTE, "> Time does it."),
    ]


def test_a_substack_export_loses_its_forms_and_buttons():
    content = """<p>Flour.</p><div class="subscription-widget-wrap-editor" data-attrs="{&quot;url&quot;:&quot;x&quot;}">
<div class="subscription-widget show-subscribe"><div class="preamble"><p>Subscribe for free.</p></div>
<form class="subscription-widget-subscribe"><input type="email"><input type="submit" value="Go"></form></div></div>
<p class="button-wrapper"><a class="button primary" href="https://a.org/subscribe?"><span>Subscribe now</span></a></p>
<div class="captioned-button-wrap"><div class="preamble"><p>Share it!</p></div><p class="button-wrapper">Share</p></div>
<div class="captioned-image-container"><figure><a class="image-link" href="https://a.org/b.png"><div><picture>
<source srcset="b.webp"><img src="https://a.org/b.png" alt="A loaf"></picture></div></a>
<figcaption class="image-caption">A loaf</figcaption></figure></div><p>Water.</p>"""
    assert read(content) == [
        (PARAGRAPH, "Flour."),
        (LINK, "![A loaf](https://a.org/b.png)"),
        (PARAGRAPH, "A loaf"),
        (PARAGRAPH, "Water."),
    ]
