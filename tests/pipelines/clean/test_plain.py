from pipelines.clean.plain import blocks_of_plain
from pipelines.posts.post import CODE, LIST_ITEM, PARAGRAPH, Block


def test_wrapped_lines_are_one_paragraph_and_markup_is_words():
    assert blocks_of_plain("# One\n*two*\n\n<b>Three") == [
        Block(kind=PARAGRAPH, text="# One *two*"),
        Block(kind=PARAGRAPH, text="<b>Three"),
    ]


def test_where_a_line_is_long_each_is_a_paragraph():
    long = "word " * 30
    assert [block.text for block in blocks_of_plain(f"{long}\nTwo")] == [long.strip(), "Two"]


def test_a_deeper_indent_begins_a_paragraph():
    assert [block.text for block in blocks_of_plain("One\nmore\n   Two\nmore")] == ["One more", "Two more"]


def test_lists_and_code_in_fences_are_known():
    assert blocks_of_plain("1) a\nb\n2) c\n```\nx = 1\n```\n") == [
        Block(kind=LIST_ITEM, text="1. a b"),
        Block(kind=LIST_ITEM, text="2. c"),
        Block(kind=CODE, text="```\nx = 1\n```"),
    ]
