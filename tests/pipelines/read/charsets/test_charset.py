import pytest

from pipelines.read.charsets.charset import charset_of
from pipelines.read.text_file import read_text_file

RUSSIAN = "Привет, мир. Это короткий текст о погоде: вчера весь день шёл дождь, а сегодня светит солнце. " * 3
JAPANESE = "日本語の文章です。昨日は一日中雨が降っていましたが、今日は晴れています。" * 4
POLISH = "Zażółć gęślą jaźń. Wczoraj przez cały dzień padał deszcz, a dzisiaj świeci słońce. " * 4


@pytest.mark.parametrize(
    ("declared", "codec", "words"),
    [
        ('<meta charset="Shift_JIS">', "cp932", "日本語の文です。"),
        ("<META CHARSET=windows-1251>", "cp1251", "Привет мир"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">', "iso8859_2", "Zażółć gęślą"),
        ("<meta content='text/html;charset=KOI8-R' http-equiv=Content-Type>", "koi8_r", "Привет мир"),
        ('<?xml version="1.0" encoding="EUC-JP"?>', "euc_jp", "日本語の文です。"),
        ('<meta charset="gb2312">', "gb18030", "这是中文镕"),
        ('<meta charset="iso-2022-jp">', "iso2022_jp", "日本語の文です。"),
        ('<meta charset="iso-8859-1">', "cp1252", "“Café” costs 3 €"),
    ],
)
def test_a_page_is_read_as_it_declares(declared, codec, words):
    page = f"{declared}<html><head><title>{words}</title></head><body><p>{words}</p></body></html>"
    post = read_text_file(page.encode(codec), source="a.html")
    assert (post.title, words in post.content, post.charset) == (words, True, codec)


def test_a_page_that_is_utf_8_is_so_whatever_it_declares():
    post = read_text_file("<meta charset=windows-1251><p>Привет — 日本</p>".encode(), source="a.html")
    assert ("Привет — 日本" in post.content, post.charset) == (True, "")


@pytest.mark.parametrize(
    ("words", "codec"),
    [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (POLISH, "cp1250")],
)
@pytest.mark.parametrize("source", ["a.txt", "a.html"])
def test_a_text_without_a_declaration_is_read_as_it_seems(words, codec, source):
    assert read_text_file(words.encode(codec), source=source).content == words.strip()


@pytest.mark.parametrize(
    "data",
    [
        "Ein Wort über Öl. ".encode() * 20 + b"caf\xe9",
        "Un café à Orléans, où l’été est doux et où l’on dîne. ".encode("cp1252") * 9,
        b"caf\xe9",
        b"plain",
        "Привет".encode(),
    ],
)
def test_utf_8_with_stray_bytes_and_short_or_western_text_is_read_as_before(data):
    assert charset_of(data, is_html=False) == ""


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        ("Čtvrtý kůň se žene přes louku, říká šťastný kovář.", "iso8859_2"),
        ("Čtvrtý kůň se žene přes louku, říká šťastný kovář.", "cp1250"),
        ("Kış geldi, çocuklar dışarıda kartopu oynuyor.", "cp1254"),
        ("Ziema ir klāt, bērni mājās cep pīrāgus un dzied.", "cp1257"),
        ("Зима наступила, и дети катаются на санках.", "cp866"),
        ("Το χιόνι έπεσε και τα παιδιά παίζουν έξω.", "iso8859_7"),
        ("冬が来て、子供たちは雪の中で遊んでいます。", "cp932"),
        ("冬天到了，孩子们在雪地里玩耍。", "gb18030"),
        ("冬天到了，孩子們在雪地裡玩耍。", "big5hkscs"),
        ("겨울이 와서 아이들이 눈밭에서 놀고 있습니다.", "cp949"),
        ("L’élève a très bien répondu, où êtes-vous passés ?", "mac_roman"),
    ],
)
def test_one_sentence_tells_its_charset(words, codec):
    data = words.encode(codec)
    assert data.decode(charset_of(data, is_html=False)) == words


@pytest.mark.parametrize(
    "words",
    [
        "L’élève a très bien répondu, où êtes-vous passés ?",
        "Der Bäcker sagte „schön“ – für 3 €, größer als 5 m².",
        "På øya går små gutter over åsen når våren kommer.",
        "“Yes”, she said — it’s the café’s… 2½\u00a0cups at 20\u00a0°C.",
    ],
)
def test_western_text_stays_western(words):
    assert charset_of(words.encode("cp1252"), is_html=False) == ""
