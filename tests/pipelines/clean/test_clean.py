import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clean.clean import clean
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE, Block, text_of

BOTH_FORMS = [
    Block(kind=HEADING, text="## Bread at home"),
    Block(kind=PARAGRAPH, text="Flour & water, see [the recipe](https://a.org/r) and `knead()`."),
    Block(kind=LIST_ITEM, text="- mix"),
    Block(kind=LIST_ITEM, text="  - slowly"),
    Block(kind=LIST_ITEM, text="- wait"),
    Block(kind=QUOTE, text="> Time does the work."),
    Block(kind=CODE, text="```python\nif hot:\n    bake()\n```"),
    Block(kind=TABLE, text="| Flour | Water |\n| --- | --- |\n| 500 g | 350 g |"),
    Block(kind=LINK, text="[All recipes](https://a.org)"),
]

MARKDOWN = """
Bread at **home**
-----------------

Flour &amp; water, see [the recipe](https://a.org/r "r")
and `knead()`.

* mix
    * *slowly*
* wait

> Time does
> the work.

```python
if hot:
    bake()
```

Flour | Water
:-----|-----:
500 g | 350 g

[All recipes](https://a.org)
"""

HTML = """
<h2 id="b">Bread at <b>home</b></h2>
<p>Flour &amp; water, see <a title="r" href="https://a.org/r">the recipe</a>
   and <code>knead()</code>.</p>
<ul>
  <li>mix
    <ul><li><p><em>slowly</em></p></li></ul>
  </li>

  <li>wait</li>
</ul>
<blockquote><p>Time does<br>the work.</p></blockquote>
<pre><code class="language-python">if hot:
    bake()
</code></pre>
<table><tr><th>Flour</th><th>Water</th></tr><tr><td>500 g</td><td>350 g</td></tr></table>
<p><a href="https://a.org">All recipes</a></p>
"""


def paragraphs(*texts):
    return [Block(kind=PARAGRAPH, text=text) for text in texts]


@pytest.mark.parametrize("content", [MARKDOWN, HTML], ids=["Markdown", "HTML"])
def test_every_kind_of_block_is_read_from_markdown_and_from_html(content):
    assert clean(content) == BOTH_FORMS


def test_blocks_keep_their_order_where_html_stands_within_markdown():
    content = "One **two**.\n\n<div>\n<h3>Three</h3>\n<p>four</p>\n</div>\n\n- five\n"
    assert text_of(clean(content)) == "One two.\n\n### Three\n\nfour\n\n- five"


def test_plain_text_is_split_at_blank_lines_and_lines_are_joined():
    assert clean("One line,\nanother.\n \t\n\n  Second.  \n") == paragraphs("One line, another.", "Second.")


def test_plain_text_takes_the_same_road_with_or_without_a_mark():
    plain = "It's 5 > 4 at 10 o'clock.\n\nhttps://a.org/x\n\nEnd (really!)"
    assert clean(plain) == clean(plain + "\n\n<!-- -->")
    assert [block.kind for block in clean(plain)] == [PARAGRAPH, LINK, PARAGRAPH]


@pytest.mark.parametrize(
    "content", ["", " \n\t\n", "<p> &nbsp; </p>", "<!--more-->", "&#8203;", "- \n\n#\n", "``` \n\n```"]
)
def test_what_shows_no_word_has_no_block(content):
    assert clean(content) == []


@pytest.mark.parametrize(
    "content",
    [
        "<p>a</p><script>alert(1)</script>",
        "a\n\n<script>\n\nalert(1)\n</script>",
        "a <SCRIPT src='x'>alert(1)</SCRIPT>",
        "a\n\n<div><style>alert(1)</style><noscript>alert(1)</noscript><iframe>alert(1)</iframe></div>",
        "a <svg><script>alert(1)</script><title>alert(1)</title></svg>",
    ],
)
def test_what_is_not_to_be_read_is_dropped_with_its_content(content):
    assert clean(content) == paragraphs("a")


def test_a_script_that_is_shown_as_code_stays():
    assert clean("Type `<script>alert(1)</script>` here.") == paragraphs("Type `<script>alert(1)</script>` here.")


def test_an_invisible_character_named_by_an_entity_goes_too():
    assert clean("soft&shy;ly, zero&#8203;width, no&nbsp;break") == paragraphs("softly, zerowidth, no break")


def test_indented_lines_of_an_html_post_are_no_code():
    content = "<div>\n  <p>One</p>\n\n      <p>two\n\n         three</p>\n\n      four\n</div>"
    assert clean(content) == paragraphs("One", "two three", "four")


words = st.lists(st.text("abcdefghijklmnopqrstuvwxyzéß", min_size=1, max_size=8), min_size=1, max_size=6).map(" ".join)
listings = st.lists(st.text("ab `~#-<&\t", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=3)


@st.composite
def lists(draw, depth=0):
    """A Markdown list, nested as CommonMark wants it."""
    ordered = draw(st.booleans())
    lines = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        marker = f"{number}. " if ordered else "- "
        lines.append(marker + draw(words))
        if depth < 2 and draw(st.booleans()):
            nested = draw(lists(depth=depth + 1))
            lines.extend(" " * len(marker) + line for line in nested.split("\n"))
    return "\n".join(lines)


@st.composite
def tables(draw):
    width = draw(st.integers(2, 3))
    rows = draw(st.lists(st.lists(words, min_size=width, max_size=width), min_size=1, max_size=3))
    rows.insert(1, ["---"] * width)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


pieces = st.one_of(
    words,
    st.tuples(words, words).map("{0[0]} **{0[1]}**".format),
    st.tuples(words, words).map("{0[0]} [{0[1]}](https://a.org)\n_{0[1]}_".format),
    st.tuples(st.integers(1, 6), words).map(lambda piece: f"{'#' * piece[0]} {piece[1]}"),
    words.map("> {}\n> again".format),
    words.map("[{0}](https://a.org/b) ![{0}](c.png)".format),
    st.just("https://a.org/b"),
    lists(),
    tables(),
    listings.map(lambda lines: "\n".join(["````python", *lines, "````"])),
    words.map("<p>{}</p>".format),
    words.map("<blockquote><p>{0}</p><ul><li>{0}</li></ul></blockquote>".format),
    words.map("<ol start=3><li>{0}<ul><li>{0}</li></ul></li><li>{0}<p>{0}</p></li></ol>".format),
    listings.map(lambda lines: f"<pre>{' '.join(lines).replace('&', '&amp;').replace('<', '&lt;')}</pre>"),
)
documents = st.lists(pieces, min_size=1, max_size=6).map("\n\n".join)


@given(documents)
def test_a_cleaned_text_is_clean(document):
    blocks = clean(document)
    assert clean(text_of(blocks)) == blocks


templates = st.sampled_from(
    [
        "{}",
        "{} **{}** _{}_ [{}](https://a.org)",
        "# {}",
        "- {}\n- {}\n  1. {}\n\n     {}\n- {}",
        "> {}\n> {}\n>\n> - {}",
        "| {} | {} |\n| --- | --- |\n| {} | {} |",
        "```\n{}\n{}\n```",
        "<p>{} <b>{}</b><br>{}</p>",
        "<ul><li>{}<ul><li>{}</li></ul>{}</li><li><h4>{}</h4>{}</li></ul>",
        "<table><caption>{}</caption><tr><td>{}</td><td>{}</td></tr><tr><td>{}</td></tr></table>",
        "<table><tr><td>{}<ul><li>{}</li></ul>{}<table><tr><td>{}</td><td>{}</td></tr></table></td></tr></table>",
        "<div>{}<p>{}</p>{}<blockquote>{}<pre>{}</pre></blockquote></div>",
        "<dl><dt>{}</dt><dd>{}</dd></dl><details><summary>{}</summary>{}</details>",
        "{}\n: {}",
        "{}[^{}]\n\n[^1]: {}\n[^2]: {}",
        "{{{{< note >}}}}{}{{{{< /note >}}}}",
    ]
)


@given(st.lists(templates, min_size=1, max_size=6).map("\n\n".join))
def test_no_word_is_lost_doubled_or_moved(template):
    words = [f"w{number}" for number in range(template.count("{}"))]
    assert re.findall(r"w\d+", text_of(clean(template.format(*words)))) == words


debris = st.sampled_from(
    [
        *"<p> </p> <ul> <li> </ul> <table> <tr> <td> </table> <pre> </pre> <code> </code> <br> <h1>".split(),
        *"<script> <svg> <math> <select> <template> <frameset> <plaintext> <blockquote>".split(),
        *"<!-- --> <?x </a> &#0; &#1; &shy;".split(),
        *"` ``` ~~ | - 1. > # * _ [ ] ( ) {{ }} {% %} {: {# [^1]: \\ \0 \x1e".split(" "),
        "<a href='x'>",
        "<img src=x>",
        "\n",
        "\n\n",
        "    ",
    ]
)


@given(st.lists(st.one_of(debris, st.text(max_size=3))).map("".join))
def test_any_string_is_cleaned(content):
    for block in clean(content):
        assert block.text.strip()
        assert not set(block.text) & {"\0", "\x1e", "\ufeff"}
        assert "\n" not in block.text or block.kind in {CODE, TABLE}


def test_a_lone_surrogate_is_cleaned():
    assert clean("*a\ud800b*") == paragraphs("ab")
