import pytest

from pipelines.clean.clean import clean
from pipelines.clean.html_blocks import blocks_of_html, regular_html
from pipelines.posts.post import CODE, HEADING, HTML, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE


def read(html):
    return [(block.kind, block.text) for block in blocks_of_html(regular_html(html))]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a <em>b</em> <span class=x>c</span><sup>d</sup>", "a b cd"),
        ("a<br>b\n\n  c", "a b c"),
        ("10<sup>-6</sup> m<sup>2</sup> CO<sub>2</sub>", "10⁻⁶ m² CO₂"),
        ("&lt;b&gt; &amp;lt; &quot;&#39;&eacute;&hellip;", "<b> &lt; \"'é…"),
        ("a <img src=b alt=c> d", "a d"),
        ("a <a href=https://b.org>c <b>d</b></a>e", "a [c d](https://b.org)e"),
        ("a<a href=b> c </a>d", "a [c](b) d"),
        ("a <a href='b (c) d'>e</a>", "a [e](b%20%28c%29%20d)"),
        ("a <a href=https://b.org?c=1&amp;d>https://b.org?c=1&amp;d</a>", "a https://b.org?c=1&d"),
        ("a <a href=mailto:b@c.org>b@c.org</a>", "a b@c.org"),
        ("a <a href=''>b</a> <a name=c>d</a> <a href='javascript:e()'>f</a>", "a b d f"),
        ("a <a href=b><img src=c></a> d", "a d"),
        ("a <code>b  <b>c</b></code>", "a `b c`"),
        ("a <code>`b`</code> <code></code>", "a `` `b` ``"),
        ("a <a href=b><code>c</code></a>", "a [`c`](b)"),
        ('<a href="b"">a</a> <i title=\'x > y\'>c</i>"', '[a](b) c"'),
        ("a<!-- > b --> <?php c ?>d", "a d"),
        ("a <o:p>b</o:p> <Vec>c</Vec>", "a b c"),
    ],
)
def test_a_paragraph_is_one_line_of_light_markdown(html, text):
    assert read(f"<p>{html}</p>") == [(PARAGRAPH, text)]


def test_two_breaks_end_a_paragraph():
    assert read("<div>a<br>b<br>\n<br><br>c</div>") == [(PARAGRAPH, "a b"), (PARAGRAPH, "c")]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<a href=b>a</a>", "[a](b)"),
        ("<a href=b>a</a> <br> <a href=d>c</a>", "[a](b) [c](d)"),
        ("<img src=b alt='a &amp; c'>", "![a & c](b)"),
        ("<img alt='' src=b><img src=c>", "![](b) ![](c)"),
        ("<a href=b><img src=c alt=a></a>", "[![a](c)](b)"),
        ("<a href=b>[1] a</a>", "[[1] a](b)"),
        ("https://a.org/b_c", "https://a.org/b_c"),
    ],
)
def test_a_paragraph_of_nothing_but_links_and_images_is_a_link(html, text):
    assert read(f"<p>{html}</p>") == [(LINK, text)]


def test_a_picture_whose_bytes_are_in_the_page_is_no_link():
    assert read("<img src='data:image/png;base64,AAAA'>") == []


@pytest.mark.parametrize("level", range(1, 7))
def test_headings_keep_level_and_code_and_lose_links_and_images(level):
    html = f"<h{level}><img src=x alt=y>On <a href=b>the <code>[a](b)</code></a></h{level}>"
    assert read(html) == [(HEADING, f"{'#' * level} On the `[a](b)`")]


def test_lists_keep_their_nesting_and_their_numbers():
    html = """<ol start=3><li>a<ul><li><p>b</p><ol start=7><li>c<li>d</ol></li></ul></li><li>e</li></ol>"""
    assert [text for _, text in read(html)] == ["3. a", "  - b", "    1. c", "    2. d", "4. e"]


def test_numbers_go_on_after_an_interruption_and_levels_start_anew():
    html = "<ol><li>a<p>b</p><ul><li>c</li></ul></li><li>d</li></ol>"
    assert read(html) == [(LIST_ITEM, "1. a"), (PARAGRAPH, "b"), (LIST_ITEM, "- c"), (LIST_ITEM, "2. d")]


def test_adjacent_numbered_lists_are_one_as_in_their_text():
    assert [text for _, text in read("<ol><li>a</ol><ol><li>b</ol><ul><li>c</ul>")] == ["1. a", "2. b", "- c"]


def test_an_item_or_quote_drops_its_images():
    html = "<ul><li><img src=a> <a href=b>c</a></li><li><img src=d></li></ul><blockquote><img src=e></blockquote>"
    assert read(html) == [(LIST_ITEM, "- [c](b)")]


def test_a_quote_has_a_block_for_each_paragraph_heading_and_item():
    html = "<blockquote><h3>a</h3>b<blockquote><p>c</p></blockquote><ul><li>d</ul><pre>e</pre></blockquote>f"
    assert read(html) == [
        (QUOTE, "> a"),
        (QUOTE, "> b"),
        (QUOTE, "> c"),
        (QUOTE, "> d"),
        (CODE, "```\ne\n```"),
        (PARAGRAPH, "f"),
    ]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre><code class='x language-c++'>a\n\n\tb &lt;\n</code></pre>", "```c++\na\n\n\tb <\n```"),
        ("<pre class='lang-r'>\n  a<br><b>b</b>  </pre>", "```r\n  a\nb  \n```"),
        ("<pre><div>a</div><div>  b</div>\n<div>c</div></pre>", "```\na\n  b\nc\n```"),
        ("<pre>a\n```\nb</pre>", "````\na\n```\nb\n````"),
        ("<pre>&amp;lt; `a` [b](c) *d*</pre>", "```\n&lt; `a` [b](c) *d*\n```"),
    ],
)
def test_code_is_kept_byte_for_byte(html, text):
    assert read(html) == [(CODE, text)]


def test_a_table_becomes_pipe_rows_of_one_width():
    html = """<table><caption>A &amp; b</caption><thead><tr><th>a</th><th>b | c</th></tr></thead>
    <tbody><tr><td><p>d<br>e</p></td><td><a href=f>g</a></td></tr><tr><td><code>h</code></td></tr><tr></tr></table>"""
    rows = r"""| a | b \| c |
| --- | --- |
| d e | [g](f) |
| `h` |  |"""
    assert read(html) == [(PARAGRAPH, "A & b"), (TABLE, rows)]


@pytest.mark.parametrize(
    ("cells", "blocks"),
    [
        ("<td>a<td><h2>b</h2>c", [(PARAGRAPH, "a"), (HEADING, "## b"), (PARAGRAPH, "c")]),
        ("<td><pre>1</pre><td><pre>a</pre>", [(CODE, "```\n1\n```"), (CODE, "```\na\n```")]),
        ("<td><ul><li>a</ul><td>b", [(LIST_ITEM, "- a"), (PARAGRAPH, "b")]),
        ("<td>a", [(PARAGRAPH, "a")]),
        ("<td><table><tr><td>a<td>b</table>", [(TABLE, "| a | b |\n| --- | --- |")]),
    ],
    ids=["heading", "code", "list", "one column", "table"],
)
def test_a_table_for_layout_gives_the_blocks_of_its_cells(cells, blocks):
    assert read(f"<table><tr>{cells}</table>") == blocks


def test_what_surrounds_a_table_is_untouched_by_it():
    html = "<ul><li>a<table><tr><td><ul><li>b<td>c</table></li><li>d</li></ul>"
    assert read(html) == [(LIST_ITEM, "- a"), (LIST_ITEM, "- b"), (PARAGRAPH, "c"), (LIST_ITEM, "- d")]


def test_every_other_structure_is_paragraphs_in_reading_order():
    html = """<article><header>a</header><dl><dt>b<dd>c</dl><figure><img src=d><figcaption>e</figcaption></figure>
    <details><summary>f</summary>g</details><a href=h><div>i</div></a><hr>j</article>"""
    assert [text for _, text in read(html)] == ["a", "b", "c", "![](d)", "e", "f", "g", "i", "j"]


def test_tags_left_open_or_never_opened_lose_nothing():
    html = "</div><li>a<p>b<em>c<p>d</em></ul></table>e<td>f"
    assert read(html) == [(LIST_ITEM, "- a"), (PARAGRAPH, "bc"), (PARAGRAPH, "def")]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<form><label>Name</label><input><button>Go</button><textarea>T</textarea></form><p>Words.</p>", "Words."),
        ("<p>Eq <script type='math/tex'>y_1</script> ends.</p>", "Eq y_1 ends."),
        ("<p>Eq <span class='MathJax'>y</span><script type='math/tex'>y_1</script> ends.</p>", "Eq y ends."),
        ("<p>In <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>.</p>", "In 漢字."),
        ("<pre class='chroma'><code><span class='lnt'>1\n</span></code></pre><p>Words.</p>", "Words."),
    ],
)
def test_small_parts_that_no_reader_reads(html, words):
    assert [block.text for block in clean(html, HTML)] == [words]
