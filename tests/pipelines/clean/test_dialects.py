import pytest

from pipelines.clean.dialects import as_commonmark


@pytest.mark.parametrize(
    ("written", "commonmark"),
    [
        ("##Title", "## Title"),
        ("a\n###Title\nb", "a\n### Title\nb"),
        ("~~old~~ new", "old new"),
        ("Term\n: Meaning\n: other", "Term\n\nMeaning\n\nother"),
        ("a[^1]\n\n[^1]: *Id.*\n[^b]: c", "a[^1]\n\n\n\\[^1]: *Id.*\n\n\\[^b]: c"),
        ("1. a\n  - b\n    - c\n2. d", "1. a\n   - b\n     - c\n2. d"),
        ("- a\n  1. b\n    - c\n- d", "- a\n  1. b\n     - c\n- d"),
        ("10. a\n  1. b\n  2. c", "10. a\n    1. b\n    2. c"),
        ("<table>\n  <tr>  \n\n    <td>\n\t\n    </td>", "<table>\n  <tr>\n    <td>\n    </td>"),
    ],
)
def test_other_dialects_are_put_as_commonmark(written, commonmark):
    assert as_commonmark(written).strip("\n") == commonmark


@pytest.mark.parametrize(
    "text",
    [
        "#tag and #######",
        "a ~~ b ~~ c",
        "1. a\n   - b\n\n       code",
        "- a\n  - b\n    - c",
        "a: b\n:c",
        "[^1] begins\n[^2]",
        "Write\n\n    <p>code</p>",
        "<div>\n\n## a\n\n</div>",
    ],
)
def test_what_commonmark_reads_the_same_stays(text):
    assert as_commonmark(text) == f"\n{text}"


@pytest.mark.parametrize(
    "code", ["```\n##x ~~y~~\n: z\n[^1]: *a*\n1. a\n  - b\n```", "a `~~b~~` c", "<pre>\n##x\n</pre>"]
)
def test_code_is_left_as_it_is(code):
    assert as_commonmark(f"~~a~~\n##b\n{code}\n") == f"\na\n## b\n{code}\n"
