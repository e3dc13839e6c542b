import pytest

from pipelines.clean.clean import clean
from pipelines.posts.post import CODE, HEADING, LINK, PARAGRAPH, WORDPRESS


def read(content):
    return [(block.kind, block.text) for block in clean(content, WORDPRESS)]


@pytest.mark.parametrize(
    "frame",
    [
        '[vc_row][vc_column width="1/2"][vc_column_text]{}[/vc_column_text][/vc_column][/vc_row]',
        '[et_pb_section bg="[x]"][et_pb_row][et_pb_text]<p>{}</p>[/et_pb_text][/et_pb_row][/et_pb_section]',
        "[fusion_builder_container type='flex'][fusion_text]{}[/fusion_text][/fusion_builder_container]",
        "[av_textblock size='' av_uid='av-1']\n{}\n[/av_textblock]",
        "[one_half]{}[/one_half][clear]",
        "[vc_column width=&quot;1/2&quot;]{}[/vc_column]",
        "[vc_column_text css=”.a{{b:c}}”]{}[/vc_column_text]",
        "[b]{}[/b]",
        '{} [contact-form-7 id="12" title="Contact"]',
        "{} [vc_empty_space][/vc_empty_space][vc_separator]",
        "{}\n\n[gallery]\n\n[youtube https://youtu.be/x]\n[su_divider /]",
        "{} [rev_slider alias=home] [wpforms id=3]",
        "[toc]\n\n{}\n\n<p>[lwptoc]</p>\n\n[youtube https://youtube.com/watch?v=x&t=1]",
        "[latex]{}[/latex]",
    ],
)
def test_marks_go_and_words_stay(frame):
    kept = [text for _, text in read(frame.format("Words, arr[0], a[i] and [sic].")) if text != "[clear]"]
    assert kept == ["Words, arr[0], a[i] and [sic]."]


@pytest.mark.parametrize(
    "words",
    ["[sic]", "[...]", "[emphasis mine]", "arr[0][1]", "[note to self]", "see [1] and [2]", "[Ann: why?]", "[/s]"],
)
def test_words_in_brackets_stay(words):
    assert read(f"He said {words} and left.") == [(PARAGRAPH, f"He said {words} and left.")]


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        (
            '[caption id="a" caption="Old words."]<img src="p.jpg"/>[/caption]',
            [(PARAGRAPH, "Old words."), (LINK, "![](p.jpg)")],
        ),
        ('[caption width="3"]<img src="p.jpg"/> New words.[/caption]', [(PARAGRAPH, "New words.")]),
        ('[vc_custom_heading text="Our story &amp; more"]', [(PARAGRAPH, "Our story & more")]),
        ('[et_pb_blurb title="A title"]Words.[/et_pb_blurb]', [(PARAGRAPH, "A title"), (PARAGRAPH, "Words.")]),
        ("[vc_raw_html]JTNDaDIlM0VIaSUzQy9oMiUzRQ==[/vc_raw_html]", [(HEADING, "## Hi")]),
        ("[vc_raw_js]JTNDc2NyaXB0[/vc_raw_js]Words.", [(PARAGRAPH, "Words.")]),
    ],
)
def test_the_words_that_attributes_show_stay(mark, shown):
    assert read(mark) == shown


@pytest.mark.parametrize(
    ("listing", "code"),
    [
        (
            '[sourcecode language="python"]\nif x &lt; 1 &amp;&amp; y:\n\n    [vc_row]\n[/sourcecode]',
            "```python\nif x < 1 && y:\n\n    [vc_row]\n```",
        ),
        ("[code lang=js]if (a < b) { c[0] }[/code]", "```js\nif (a < b) { c[0] }\n```"),
        ("[php]echo &quot;$x&quot;;[/php]", '```php\necho "$x";\n```'),
        ("[cc lang='c']#include <map>[/cc]", "```c\n#include <map>\n```"),
    ],
)
def test_code_of_a_shortcode_is_as_it_was_typed(listing, code):
    assert read(f"Words.\n\n{listing}\n\nDone.") == [(PARAGRAPH, "Words."), (CODE, code), (PARAGRAPH, "Done.")]


def test_an_escaped_mark_is_shown():
    assert read("Type [[gallery]] for one.") == [(PARAGRAPH, "Type [gallery] for one.")]


def test_marks_in_a_listing_stay():
    assert read('<pre>[vc_row a="b"]x[/vc_row]</pre>') == [(CODE, '```\n[vc_row a="b"]x[/vc_row]\n```')]
