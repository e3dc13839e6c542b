import pytest

from pipelines.clean.prose_indents import without_prose_indents

PROSE = "The river runs past the stones of the old mill, and nobody hears it."


def test_an_indented_paragraph_of_prose_is_moved_to_the_margin():
    assert without_prose_indents(f"One.\n\n    {PROSE}\n    {PROSE}\n") == f"One.\n\n{PROSE}\n{PROSE}\n"
    assert without_prose_indents(f"\u3000\u3000{PROSE}") == PROSE


@pytest.mark.parametrize(
    "text",
    [
        "One.\n\n    x = f(a)[0]\n    return x\n",
        f"- An item\n\n    {PROSE}\n",
        f"```\n\n    {PROSE}\n```\n",
        f"One\n    {PROSE}\n",
    ],
    ids=["code", "list item", "fence", "same paragraph"],
)
def test_code_and_what_belongs_to_a_list_stay(text):
    assert without_prose_indents(text) == text
