from pipelines.clean.light import blocks_of_light
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE, Block

BLOCKS = [
    Block(kind=HEADING, text="# Tea"),
    Block(kind=PARAGRAPH, text="Words"),
    Block(kind=CODE, text="```py\na\n\nb\n```"),
    Block(kind=QUOTE, text="> Old"),
    Block(kind=TABLE, text="| a | b |\n| --- | --- |\n| 1 | 2 |"),
    Block(kind=LINK, text="[a](b)"),
]


def test_each_kind_of_block_is_known_by_its_marks():
    assert blocks_of_light("\n\n".join(block.text for block in BLOCKS)) == BLOCKS


def test_lines_with_markers_are_items():
    items = [Block(kind=LIST_ITEM, text="- a"), Block(kind=LIST_ITEM, text="  1. b")]
    assert blocks_of_light("- a\n  1. b\n") == items


def test_an_item_alone_before_a_list_is_a_paragraph():
    assert [block.kind for block in blocks_of_light("- a\n\n- b\n- c")] == [PARAGRAPH, LIST_ITEM, LIST_ITEM]


def test_a_text_without_words_has_no_blocks():
    assert blocks_of_light(" \n\n") == []
