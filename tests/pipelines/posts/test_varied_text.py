import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE, VARIED_KINDS, Block
from pipelines.posts.varied_text import split_marker


@pytest.mark.parametrize(
    ("kind", "text", "marker"),
    [
        (LIST_ITEM, "- a word", "- "),
        (LIST_ITEM, "  * a word", "  * "),
        (LIST_ITEM, "12. a word", "12. "),
        (LIST_ITEM, "3) a word", "3) "),
        (LIST_ITEM, "a word", ""),
        (QUOTE, "> a word", "> "),
        (PARAGRAPH, "a word", ""),
        (PARAGRAPH, "1984. a word", ""),
        (PARAGRAPH, "- a word", ""),
    ],
)
def test_a_varied_block_is_split_into_marker_and_text(kind, text, marker):
    assert split_marker(Block(kind=kind, text=text)) == (marker, text.removeprefix(marker))


@pytest.mark.parametrize("kind", [HEADING, CODE, TABLE, LINK])
def test_a_block_of_another_kind_has_no_text_to_vary(kind):
    assert split_marker(Block(kind=kind, text="- a word")) == ("- a word", "")


@given(st.sampled_from(sorted(VARIED_KINDS)), st.text())
def test_marker_and_text_together_are_the_block(kind, text):
    assert "".join(split_marker(Block(kind=kind, text=text))) == text
