import re

import pytest

from pipelines.clean.code_spans import CODE_SPANS, MARKDOWN_CODE


def spans(pattern, text):
    return [found[0] for found in re.compile(pattern, re.DOTALL).finditer(f"\n{text}")]


@pytest.mark.parametrize(
    "code",
    ["\n```python\na = `b`\n```", "\n~~~\n```\n~~~", "`a`", "``a ` b``", "\n- ```\n  a\n  ```", "\n```\nleft open\n"],
)
def test_code_of_markdown_is_one_span(code):
    assert spans(MARKDOWN_CODE, code.removeprefix("\n")) == [code]


@pytest.mark.parametrize("code", ["<pre>a <b>b</b></pre>", "<code>a</code>", "<!-- a --- b -->"])
def test_code_and_comments_of_html_are_spans_too(code):
    assert spans(CODE_SPANS, f"Words {code} words `tick`") == [code, "`tick`"]
    assert spans(MARKDOWN_CODE, f"Words {code} words") == []


def test_a_backtick_without_an_end_is_none():
    assert spans(CODE_SPANS, "It's a ` alone.\n\nAnother ` paragraph") == []
