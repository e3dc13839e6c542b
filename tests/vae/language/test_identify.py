import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.language.identify import UNDETERMINED, Identified, identify, sure_language

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
def test_the_language_of_a_sentence_is_identified(code, sentence):
    identified = identify(sentence)
    assert identified.code == code
    assert identified.confidence > 0.9


def test_capitals_and_line_ends_make_no_difference():
    sentence = SENTENCES["en"]
    assert identify(sentence.upper().replace(" ", "\n")) == identify(sentence)


@pytest.mark.parametrize("text", ["", " \n", "2023-12-05, 10:11", "— … !?"])
def test_a_text_without_words_has_no_language(text):
    assert identify(text) == Identified(UNDETERMINED, 0.0)


def test_words_of_no_language_are_undetermined():
    identified = identify("gwLevs infoNew siteNo altVa idCol")
    assert identified.code == UNDETERMINED
    assert 0 < identified.confidence < 0.2


def test_a_language_that_is_uncertain_is_not_named():
    assert sure_language(SENTENCES["de"]) == "de"
    assert identify("gwLevs infoNew siteNo altVa idCol").confidence < 0.5
    assert sure_language("gwLevs infoNew siteNo altVa idCol") == ""


@given(st.text())
def test_any_text_has_a_confidence_of_two_decimals_that_is_always_the_same(text):
    identified = identify(text)
    assert identified == identify(text)
    assert identified.confidence == round(identified.confidence, 2)
    assert 0 <= identified.confidence <= 1


def test_the_classifier_is_not_imported_before_it_is_needed():
    code = "import sys, vae.language.identify; sys.exit('fasttext_pybind' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
