import pytest

from pipelines.clean.clean import clean
from pipelines.clean.vault_marks import without_vault_marks
from pipelines.posts.post import CODE, MARKDOWN, PARAGRAPH, QUOTE


def read(content):
    return [(block.kind, block.text) for block in clean(content, MARKDOWN)]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("I met [[Anna Berg|Anna]].", "I met Anna."),
        ("See [[Winter Reading]].", "See Winter Reading."),
        ("See [[Books/Winter#Part one]].", "See Winter > Part one."),
        ("See [[#Part one]] and [[Note#^a1b2]].", "See Part one and Note."),
        ("![[photo.png|300]]Here.", "Here."),
        ("This is ==important==.", "This is important."),
        ("Seen. %%hidden%%", "Seen."),
        ("Seen.\n\n%%\nhidden\n\nmore\n%%", "Seen."),
        ("Words {/* a comment */}here.", "Words here."),
        ("Words.\n\n<Chart data={x} options={{a: 1}} />", "Words."),
        ('<Callout type="tip">Words.</Callout>', "Words."),
        ("import A from \"../a.astro\";\nimport { B } from 'b'\n\nexport const y = {\n  a: 1,\n};\n\nWords.", "Words."),
        ("[[toc]]\n\nWords.", "Words."),
        ("[TOC]\n\nWords.", "Words."),
        ("* Contents\n{:toc}\n\nWords.", "Words."),
        ("Words. ^a1b2c3", "Words."),
    ],
)
def test_what_a_reader_sees_stays(written, shown):
    assert read(written) == [(PARAGRAPH, shown)]


@pytest.mark.parametrize(
    "text",
    [
        "a == b and c == d",
        "100 %% and 50%% off",
        "the array [[1, 2], [3, 4]] and [[1, 2]]",
        "[[a]](b)",
        "import taxes from China are high",
        "We export const goods",
        "a ::: b",
        "a ^ b and ^word and x ^ abcdef",
        "see [TOC] there",
        "!!! wow",
        "`[[a]] ==b== %%c%%`",
        "```\nimport a from 'b'\n:::tip\n```",
        "Option<T> and <Vec>",
    ],
)
def test_what_only_looks_like_a_mark_stays(text):
    assert without_vault_marks(text) == text


@pytest.mark.parametrize("mark", ["[!note] Frost", "[!WARNING]- Frost", "[!tip|wide]+ Frost"])
def test_a_callout_is_a_quote_with_its_title(mark):
    assert read(f"> {mark}\n> Cover the beans.") == [(QUOTE, "> Frost"), (QUOTE, "> Cover the beans.")]


def test_a_callout_without_a_title():
    assert read("> [!NOTE]\n> Cover the beans.") == [(QUOTE, "> Cover the beans.")]


@pytest.mark.parametrize(
    "written",
    [
        ":::tip Frost\nCover *them*.\n:::",
        ":::note[Frost]{.wide}\n\nCover *them*.\n\n:::",
        "::: warning Frost\nCover *them*.\n:::",
        '!!! note "Frost"\n    Cover *them*.',
        '??? tip "Frost"\n\n    Cover *them*.\n',
        '=== "Frost"\n\n    Cover *them*.',
        "```{note} Frost\nCover *them*.\n```",
        ":::{tip} Frost\nCover *them*.\n:::",
    ],
)
def test_an_admonition_is_its_title_and_its_words(written):
    assert read(f"Before.\n\n{written}\n\nAfter.") == [
        (PARAGRAPH, "Before."),
        (PARAGRAPH, "Frost"),
        (PARAGRAPH, "Cover them."),
        (PARAGRAPH, "After."),
    ]


def test_code_in_an_admonition_stays_code():
    assert read("!!! note\n    Run:\n\n    ```py\n    x = 1\n    ```\n") == [
        (PARAGRAPH, "Run:"),
        (CODE, "```py\nx = 1\n```"),
    ]
