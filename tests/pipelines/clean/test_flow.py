from pipelines.clean.flow import Flow
from pipelines.clean.inline import BREAK
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, Block


def test_words_become_what_the_open_tags_say():
    flow = Flow()
    for tag, words in [("h2", "Tea"), ("/h2", "Rain &lt;3"), ("blockquote", "Old"), ("/blockquote", "[a](b)")]:
        flow.tag(tag, "")
        flow.words(words)
    assert flow.blocks == [
        Block(kind=HEADING, text="## Tea"),
        Block(kind=PARAGRAPH, text="Rain <3"),
        Block(kind=QUOTE, text="> Old"),
        Block(kind=LINK, text="[a](b)"),
    ]


def test_a_list_is_numbered_from_its_start():
    flow = Flow()
    flow.tag("ol", ' start="4"')
    for words in ("Four", "Five"):
        flow.tag("li", "")
        flow.words(words)
        flow.tag("/li", "")
    assert [block.text for block in flow.blocks] == ["4. Four", "5. Five"]
    assert {block.kind for block in flow.blocks} == {LIST_ITEM}


def test_two_breaks_end_a_paragraph():
    flow = Flow()
    flow.words(f"One{BREAK}more{BREAK} {BREAK}Two")
    assert [block.text for block in flow.blocks] == ["One more", "Two"]


def test_a_fence_is_longer_than_those_in_its_code():
    flow = Flow()
    flow.code("````\na", "md")
    flow.code(" \n", "")
    assert flow.blocks == [Block(kind=CODE, text="`````md\n````\na\n`````")]
