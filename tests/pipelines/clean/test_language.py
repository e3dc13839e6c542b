import subprocess
import sys

from pipelines.clean.language import PROSE_CHARACTERS, language_of, prose_of
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE, Block
from vae.language.identify import identify

ENGLISH = "This morning we walked down to the harbour and bought fresh bread for the whole week. " * 3
GERMAN = "Heute Morgen sind wir zum Hafen gegangen und haben frisches Brot für die ganze Woche gekauft. " * 3
UNSURE = "Tue 9:00 Taipei, Lagos, Oslo; Wed 10:00 Lima, Porto, Turin; Thu 11:00 Quito, Davos, Bonn; Fri Accra. "


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


def test_the_begin_alone_tells_a_wanted_language_if_it_is_sure():
    assert language_of(ENGLISH, wanted=["en"]) == identify(ENGLISH[:100])
    assert language_of(ENGLISH, wanted=[]) == identify(ENGLISH[:100])


def test_all_of_the_prose_tells_a_language_that_is_not_wanted():
    assert language_of(GERMAN, wanted=["en"]) == identify(GERMAN)


def test_all_of_the_prose_tells_the_language_if_its_begin_does_not():
    assert identify(UNSURE[:100]).confidence < 0.8
    assert language_of(UNSURE + ENGLISH, wanted=["en"]) == identify(UNSURE + ENGLISH)


def test_nothing_is_imported_before_it_is_needed():
    code = "import sys, pipelines.clean.language; sys.exit('fasttext_pybind' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
