import pytest

from pipelines.clean.shortcodes import without_shortcodes


@pytest.mark.parametrize(
    "mark",
    [
        '{{< figure src="a.png" caption="50 % > 40 %" >}}',
        "{{< figure\n   src=a >}}",
        "{{% notice %}}",
        "{{< /notice >}}",
        "{{ site.url }}",
        '{{code "a.go" `/^func/` `/^}/`}}',
        "{% include a.html x='1' %}",
        "{%- if a -%}",
        "{% comment %}{{ a }}{% endcomment %}",
        "{: .class #id}",
        '{:width="1" target=_blank}',
        "{#an-id}",
        "[gallery]",
        '[gallery ids="1,2"]',
        "[youtube https://youtu.be/x]",
        "[youtube=https://youtu.be/x]",
    ],
)
def test_a_mark_goes(mark):
    assert without_shortcodes(f"a {mark} b") == "a  b"


@pytest.mark.parametrize(
    ("pair", "inside"),
    [
        ("{{< note >}}Mind.{{< /note >}}", "Mind."),
        ("{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
        ("{{raw `{{ a }}`}}", "{{ a }}"),
        ('[caption id="1" align="left"]<img src="a"> A bird[/caption]', '<img src="a"> A bird'),
        ("[embed]https://a.org[/embed]", "https://a.org"),
        ('[a]({{< ref "b.md" >}})', "[a]()"),
        ("[a]({{ site.url }}/b)", "[a](/b)"),
    ],
)
def test_what_a_pair_or_a_link_encloses_stays(pair, inside):
    assert without_shortcodes(pair) == inside


@pytest.mark.parametrize(
    "listing",
    [
        "{% highlight ruby linenos %}\nputs {{ a }}\n{% endhighlight %}",
        "{% codeblock An example lang:ruby %}\nputs {{ a }}\n{% endcodeblock %}",
        '{{< highlight ruby "linenos=table" >}}\nputs {{ a }}\n{{< / highlight >}}',
        '[code language="ruby"]\nputs {{ a }}\n[/code]',
        "[sourcecode lang=ruby]puts {{ a }}[/sourcecode]",
    ],
)
def test_a_listing_becomes_fenced_code(listing):
    assert without_shortcodes(listing).strip() == "~~~~~~ruby\nputs {{ a }}\n~~~~~~"


@pytest.mark.parametrize(
    "text",
    [
        "```\n{{ a }}\n```",
        "> ~~~ liquid\n> {% if a %}\n> ~~~",
        "- ```\n  {{ a }}\n  ```",
        "```\n{{ never closed }}",
        "`{{ a }}` and ``{% raw %} ` ``",
        "<pre>\n{{ a }}\n</pre>",
        "<code>{{ a }}</code>",
        "<!-- ```{r} -->",
    ],
)
def test_code_is_left_as_it_is(text):
    assert without_shortcodes(text) == text


def test_a_fence_within_a_comment_opens_no_code():
    assert without_shortcodes("<!-- ```{r} -->\n{{ a }}\n<!-- ``` -->") == "<!-- ```{r} -->\n\n<!-- ``` -->"


@pytest.mark.parametrize(
    "text", ["[video](a.mp4)", "[code][1] [gallery]: a", "[video]", "a {b} {c: d}", "{%d,%d}\\n", "[audio and more]"]
)
def test_what_only_looks_like_a_mark_stays(text):
    assert without_shortcodes(text) == text


def test_an_unclosed_mark_swallows_nothing():
    assert without_shortcodes("{{ a\n\nb }} {% c\n\nd %}") == "{{ a\n\nb }} {% c\n\nd %}"
