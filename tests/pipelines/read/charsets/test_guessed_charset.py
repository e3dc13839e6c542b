import pytest

from pipelines.read.charsets.guessed_charset import WESTERN, guessed_charset

TEXTS = {
    "cp1251": "Вчера мы долго гуляли по набережной и говорили о новой книге, которую все уже прочитали.",
    "koi8_r": "Вчера мы долго гуляли по набережной и говорили о новой книге, которую все уже прочитали.",
    "cp1253": "Χθες περπατήσαμε για πολλή ώρα δίπλα στη θάλασσα και μιλήσαμε για το καινούργιο βιβλίο.",
    "cp932": "昨日は海辺を長い間散歩して、新しい本について話しました。とても楽しい一日でした。",
    WESTERN: "Gestern gingen wir lange am Fluß spazieren und sprachen über das schöne neue Buch.",
}


@pytest.mark.parametrize("charset", TEXTS)
def test_the_charset_is_the_one_whose_letters_fit_the_language(charset):
    assert guessed_charset(TEXTS[charset].encode(charset)) == charset


def test_names_of_elements_are_no_words():
    text = TEXTS["cp1251"].replace(" ", "<br/>").encode("cp1251")
    assert guessed_charset(b"<html><body class='post'>" + text) == "cp1251"
