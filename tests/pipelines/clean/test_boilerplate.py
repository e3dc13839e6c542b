import pytest

from pipelines.clean.boilerplate import (
    BOILERPLATE_CHARACTERS,
    BOILERPLATE_POSTS,
    candidate_lines,
    is_boilerplate,
    line_key,
    without_lines,
)
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE, Block

LINE = "Subscribe to our newsletter and never miss a loaf."


@pytest.mark.parametrize("kind", [PARAGRAPH, QUOTE, LINK])
def test_prose_and_links_may_be_boilerplate(kind):
    assert list(candidate_lines([Block(kind=kind, text=LINE)])) == [LINE]
    assert without_lines([Block(kind=kind, text=LINE)], {line_key(LINE)}) == []


@pytest.mark.parametrize("kind", [HEADING, LIST_ITEM, CODE, TABLE])
def test_headings_items_code_and_tables_stay(kind):
    blocks = [Block(kind=kind, text=LINE)]
    assert list(candidate_lines(blocks)) == []
    assert without_lines(blocks, {line_key(LINE)}) == blocks


@pytest.mark.parametrize("text", ["x" * (BOILERPLATE_CHARACTERS - 1), "The oven was set up like this, step by step:"])
def test_labels_and_what_announces_the_next_block_stay(text):
    blocks = [Block(kind=PARAGRAPH, text=text)]
    assert list(candidate_lines(blocks)) == []
    assert without_lines(blocks, {line_key(text)}) == blocks


def test_a_line_counts_once_for_a_post():
    other = "We bake every morning, at five o'clock."
    blocks = [Block(kind=PARAGRAPH, text=text) for text in (LINE, other, LINE)]
    assert list(candidate_lines(blocks)) == [LINE, other]


def test_only_the_lines_named_go_and_the_rest_keeps_its_order():
    blocks = [Block(kind=PARAGRAPH, text=f"Paragraph number {number} of a long post.") for number in range(4)]
    assert without_lines(blocks, {line_key(blocks[1].text), line_key(blocks[3].text)}) == [blocks[0], blocks[2]]
    assert without_lines(blocks, set()) == blocks


def test_a_key_is_the_same_on_every_machine():
    assert line_key(LINE) == -4_938_518_129_749_340_605
    assert line_key("größer") == 1_586_911_037_576_592_302


@pytest.mark.parametrize(
    ("with_line", "posts", "expected"),
    [
        (BOILERPLATE_POSTS - 1, BOILERPLATE_POSTS, False),
        (BOILERPLATE_POSTS, BOILERPLATE_POSTS, True),
        (BOILERPLATE_POSTS, 5_000, True),
        (BOILERPLATE_POSTS, 5_001, False),
        (199, 100_000, False),
        (200, 100_000, True),
    ],
)
def test_a_line_is_boilerplate_from_ten_posts_and_two_in_a_thousand_on(with_line, posts, expected):
    assert is_boilerplate(posts_with_line=with_line, posts_of_site=posts) is expected
