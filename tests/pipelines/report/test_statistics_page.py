import copy
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from pipelines.report.statistics_page import statistics_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = "<script>document.title='ran'</script>\"'><img src=x onerror=\"document.title='ran'\"> & 👩‍👩‍👧"

STATISTICS = {
    "totals": {
        "words": 60_000,
        "words_varied": 50_000,
        "pieces": 72_000,
        "pieces_truncated": 0,
        "unknown_pieces": 0,
        "words_too_long": 3,
        "characters": 300_000,
        "characters_by_bytes": 30,
    },
    "posts_by_split": {"test": 5, "train": 90, "validation": 5},
    "posts_by_source": {"harbour": 60, "hill.csv": 40},
    "posts_by_language": {"en": 97, "und": 2, "fr": 1},
    "posts_by_month": {"2019-05": 40, "2020-02": 56, "": 4},
    "post_words": {"00256": 30, "00512": 50, "01024": 20},
    "segment_pieces": {"00016": 10, "00032": 20, "00048": 30, "00064": 900},
    "rejects": {"exact duplicate": 7, "post status is draft": 20, "no text after cleaning": 3},
    "reject_examples": {
        "exact duplicate": [
            {
                "source": "hill.csv",
                "position": 18,
                "post_id": "p18",
                "value": "p17",
                "threshold": "",
                "excerpt": "The hall is closed on Mondays.",
            }
        ]
    },
    "duplicates": {"mode": "report", "exact": 7, "near": 12, "clusters": 9, "largest": 3},
    "boilerplate": [{"source": "harbour", "line": f"Footer, part {part}.", "posts": 50 - part} for part in range(12)],
    "boilerplate_lines_removed": 431,
    "pii": {"email": 21, "card": 1},
    "fertility": 1.44,
    "coverage": 0.9999,
    "unknown_rate": 0.0,
    "vocab_size": 8000,
    "front_matter_errors": 2,
}
MANIFEST = {
    "counts": {"rows_read": 130, "posts": 100, "rejects": 30, "segments": 960},
    "settings": {"max_len": 64, "unit": "segment", "columns": {"content": "body"}},
    "tokenizer_sha256": "ab" * 32,
}


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.loaded, self.texts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loaded += [value for name, value in attributes if name in {"src", "srcset", "data"}]

    def handle_data(self, data):
        self.texts.append(data)


def page(manifest=MANIFEST, **changed):
    return statistics_page({**STATISTICS, **changed}, manifest=manifest)


def counted(**counts):
    return {**MANIFEST, "counts": {**MANIFEST["counts"], **counts}}


def words(text):
    """The page's visible text, white space as one space."""
    return " ".join(" ".join(Elements(re.sub("<style>.*?</style>", "", text, flags=re.DOTALL)).texts).split())


def section(text, name):
    return re.search(f'<section id="{name}">(.*?)</section>', text, re.DOTALL)[1]


def rows(text):
    return re.findall(
        r'<th scope="row"[^>]*>([^<]*)</th><td class="number">([^<]*)</td><td class="number">([^<]*)<', text
    )


def test_rows_read_are_posts_and_rejects():
    assert "130 rows read = 100 posts + 30 rejects Every row that was read is a post or a reject." in words(page())


@pytest.mark.parametrize(("rows_read", "verdict"), [(133, "3 rows lost."), (129, "1 row too many.")])
def test_rows_that_do_not_add_up_are_an_alarm(rows_read, verdict):
    shown = words(page(counted(rows_read=rows_read)))

    assert f"{rows_read} rows read ≠ 100 posts + 30 rejects {verdict} Do not use this dataset" in shown
    assert "Every row that was read" not in shown


def test_what_is_checked_stands_in_the_order_of_the_checks():
    assert re.findall('<section id="([a-z]+)">', page()) == [
        "rejects",
        "duplicates",
        "languages",
        "lengths",
        "dates",
        "sources",
        "tokenizer",
        "boilerplate",
        "pii",
        "settings",
    ]


def test_every_section_is_reached_from_the_overview():
    text = page()

    assert re.findall('<a href="#([a-z]+)"', text) == re.findall('<section id="([a-z]+)">', text)


def test_rejects_are_told_by_reason_with_their_share_of_the_rows_read():
    shown = words(section(page(), "rejects"))

    assert "post status is draft 20 15.4%" in shown
    assert shown.index("post status is draft") < shown.index("exact duplicate") < shown.index("no text after")


def test_an_example_can_be_opened_and_names_its_place():
    (opened,) = re.findall("<details.*?</details>", section(page(), "rejects"), re.DOTALL)

    assert words(opened) == ("exact duplicate 7 5.4% hill.csv#18 post_id p18 value p17 The hall is closed on Mondays.")


def test_front_matter_that_could_not_be_read_is_told():
    assert "2 posts have front matter that could not be read." in words(page())
    assert "front_matter_error" not in page(front_matter_errors=0)


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("report", "Near duplicates stay in this dataset; --near-duplicates drop keeps one post of each cluster."),
        ("drop", "Near duplicates are rejected"),
        ("keep", "Near duplicates stay in this dataset."),
    ],
)
def test_duplicates_are_told_with_what_became_of_them(mode, sentence):
    shown = words(section(page(duplicates={**STATISTICS["duplicates"], "mode": mode}), "duplicates"))

    assert "Exact copies 7 Near duplicates 12 Clusters 9 Posts in the largest 3" in shown
    assert sentence in shown


def test_languages_are_told_with_their_share_of_the_posts():
    assert rows(section(page(), "languages")) == [("en", "97", "97.0%"), ("und", "2", "2.0%"), ("fr", "1", "1.0%")]


def test_lengths_have_a_chart_and_the_same_as_a_table():
    lengths = section(page(), "lengths")

    assert "<title>257 to 512 words: 50</title>" in lengths
    assert ("257 to 512", "50", "50.0%") in rows(lengths)
    assert ("33 to 48", "30", "3.1%") in rows(lengths)
    assert "600 on average; the median is about 358" in lengths


def test_nothing_lost_to_truncation_is_said():
    shown = words(section(page(), "lengths"))

    assert "Lost to truncation: 0% All 72,000 pieces of the posts are in the shards: nothing is cut off." in shown
    assert "3 single words are longer than a segment" in shown


def test_tokens_lost_to_truncation_are_told_with_the_remedy():
    shown = words(section(page(totals={**STATISTICS["totals"], "pieces_truncated": 18_000}), "lengths"))

    assert "Lost to truncation: 25.0% 18,000 of 72,000 pieces" in shown
    assert "--unit segment cuts posts at sentence ends instead and loses none." in shown


def test_dates_are_told_by_month_by_year_and_as_a_table():
    dates = section(page(), "dates")

    assert "96 dated posts, from 2019-05 to 2020-02; 4 posts have no date." in words(dates)
    assert "<title>2020-02: 56</title>" in dates
    assert re.findall(r"<li><span>(\d+)</span> <span class=\"number\">(\d+)<", dates) == [
        ("2019", "40"),
        ("2020", "56"),
    ]
    assert "2020 0 56 0 0 0 0 0 0 0 0 0 0 56" in words(dates)


def test_thousands_of_sources_are_twenty_rows_and_a_sum():
    text = page(posts_by_source={f"site-{number:05d}/posts": 1 for number in range(50_000)}, manifest={})

    assert len(rows(section(text, "sources"))) == 21
    assert rows(section(text, "sources"))[-1] == ("49,980 more together", "49,980", "99.96%")
    assert len(text) < 1.2 * len(page())


def test_the_tokenizer_is_told_with_what_is_usual_and_who_says_so():
    tokenizer = section(page(), "tokenizer")
    figures = re.findall(r'<th scope="row">([^<]*)</th><td class="value">([^<]*)<', tokenizer)

    assert figures == [("vocabulary", "8,000"), ("fertility", "1.44"), ("coverage", "99.99%"), ("unknown rate", "0%")]
    assert tokenizer.count("Usual: ") == tokenizer.count('<a href="https://') == 4


def test_boilerplate_lines_are_shown_ten_at_once_and_the_others_can_be_opened():
    boilerplate = section(page(), "boilerplate")

    assert "431 lines were removed." in boilerplate
    assert boilerplate.index("Footer, part 9.") < boilerplate.index("<details>") < boilerplate.index("Footer, part 10.")
    assert "2 more lines" in boilerplate


def test_masked_data_is_counted_by_kind():
    assert rows(section(page(), "pii")) == [("email", "21", "95.5%"), ("card", "1", "4.5%")]
    assert "Nothing is masked in this dataset." in page(pii={})


def test_settings_stand_as_in_a_configuration():
    settings = dict(re.findall("<dt>([^<]*)</dt><dd>(?:<code>)?([^<]*)<", section(page(), "settings")))

    assert settings == {
        "max_len": "64",
        "unit": "segment",
        "columns": "{&#34;content&#34;: &#34;body&#34;}",
        "tokenizer SHA-256": "ab" * 32,
    }


def test_any_figure_may_be_missing():
    for name in STATISTICS:
        statistics_page({key: value for key, value in STATISTICS.items() if key != name}, manifest=MANIFEST)
        assert page(**{name: None})


def test_nothing_known_is_a_page_that_says_so():
    text = statistics_page({}, manifest={})

    assert "The manifest does not tell all three, so nothing says whether rows were lost." in text
    assert text.count('class="missing"') == 11
    assert "None" not in words(text)


def test_statistics_of_the_first_release_have_a_page():
    names = ("fertility", "post_words", "posts_by_split", "rejects", "segment_pieces", "totals", "vocab_size")
    text = statistics_page({name: STATISTICS[name] for name in names}, manifest=MANIFEST)

    assert "1.44" in section(text, "tokenizer")
    assert "Not counted in this dataset." in section(text, "duplicates")


def test_an_empty_dataset_has_a_page():
    empty = {name: type(value)() for name, value in STATISTICS.items()}
    text = statistics_page(empty, manifest={"counts": {"rows_read": 0, "posts": 0, "rejects": 0, "segments": 0}})

    assert "0 rows read = 0 posts + 0 rejects" in words(text)
    assert "No row was rejected." in text
    assert "No line was removed as boilerplate." in text


def hostile_page():
    groups = ("posts_by_split", "posts_by_source", "posts_by_language", "rejects", "pii")
    example = dict.fromkeys(("source", "position", "post_id", "value", "threshold", "excerpt"), HOSTILE)
    return statistics_page(
        {
            **STATISTICS,
            **{name: {HOSTILE: 1} for name in groups},
            "reject_examples": {HOSTILE: [example]},
            "boilerplate": [{"source": HOSTILE, "line": HOSTILE, "posts": 1}],
            "duplicates": {"mode": HOSTILE, "exact": HOSTILE, "near": HOSTILE},
            "vocab_size": HOSTILE,
        },
        manifest={**MANIFEST, "settings": {HOSTILE: HOSTILE}, "tokenizer_sha256": HOSTILE},
    )


def test_markup_in_a_text_is_text_wherever_it_comes_from():
    elements = Elements(hostile_page())

    assert not {"script", "img"} & set(elements.tags)
    assert "".join(elements.texts).count(HOSTILE) == 20


def test_the_page_needs_nothing_from_elsewhere():
    text = page()
    elements = Elements(text)

    assert elements.loaded == []
    assert not {"script", "link", "iframe"} & set(elements.tags)
    assert not re.search(r"@import|url\(", text)


def test_the_order_of_arrival_changes_no_byte():
    turned = {
        name: dict(reversed(value.items())) if isinstance(value, dict) else value
        for name, value in reversed(STATISTICS.items())
    }

    assert statistics_page(turned, manifest=dict(reversed(MANIFEST.items()))) == page()


def test_what_is_given_is_left_as_it_was():
    statistics, manifest = copy.deepcopy(STATISTICS), copy.deepcopy(MANIFEST)
    statistics_page(statistics, manifest=manifest)

    assert (statistics, manifest) == (STATISTICS, MANIFEST)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the page was not loaded in a browser")
def test_in_a_browser_the_page_shows_hostile_text_and_runs_no_script(tmp_path):
    written = tmp_path / "stats.html"
    written.write_text(hostile_page(), encoding="utf-8")
    browser = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            written.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    dom = browser.stdout.decode()

    assert "<title>Dataset: 100 posts, 30 rejects</title>" in dom
    assert "".join(Elements(dom).texts).count(HOSTILE) == 20
