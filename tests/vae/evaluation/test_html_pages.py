import base64
import re

import pytest
from browser import DARK, FITS, LIGHT, NARROW, PAPER, WIDE, answer_of, needs_chromium

from vae.evaluation.comparison import FIGURES
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS
from vae.evaluation.html_pages import comparison_html, evaluation_html

PICTURE = b"\x89PNG picture"
CURVE = [
    {"radius": 0.0, "changed": 0.02, "bleu": 97.0, "self_bleu": 100.0, "cycle": 0.0},
    {"radius": 1.0, "changed": 0.5, "bleu": 50.0, "self_bleu": 20.0, "cycle": 0.5},
]
METRICS = {
    **dict.fromkeys(FIGURE_DESCRIPTIONS, 1234.5),
    "active_units": 60,
    "units": 64,
    "texts": 1234,
    "reconstruction_texts": 100,
    "nll_iw_texts": 10,
    "nll_iw_samples": 50,
    "map_explained": 0.0721,
    "map_texts": 900,
    "radius_curve": CURVE,
    "hidden_nats": [{"hidden": 0.15, "level": 1.6, "nats": 2.12345}],
    "by_length": [{"pieces_up_to": 16, "texts": 40, "bleu": 99.04, "bleu_sampled": 80.0, "exact_match": 0.9}],
}
ROWS = [
    {**dict.fromkeys(FIGURES, 0.5), "name": name, "lost": lost, "meaning_radius": 0.4, "active_units": 3, "units": 4}
    for name, lost in (("slots & runs", 0.02), ("classic", 0.9))
]


@pytest.fixture
def pictures(tmp_path):
    for name in ("radius", "by_length", "latent_map", "compare"):
        (tmp_path / f"{name}.png").write_bytes(PICTURE)
    return tmp_path


def text_of(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<body>")[2]).split())


def test_an_evaluation_opens_with_the_verdict_and_shows_every_figure(pictures):
    page = evaluation_html(METRICS, pictures, about="small on <test>")
    text = text_of(page)
    assert text.startswith(
        "Model evaluation Rebuilds 98% of words; neighbours keep the meaning until radius 0.3; ready to augment. "
        "small on &lt;test&gt; Words rebuilt 98% Meaning kept until radius 0.3 Units active 60 of 64"
    )
    assert all(f"{name} " in text and meaning in text for name, meaning in FIGURE_DESCRIPTIONS.items())
    assert "15% hidden, level 1.6 2.123" in text
    assert "16 40 99.0 80.0 90%" in text
    assert "1 0.5 50 20 0.5" in text
    assert "7.2% of 900 texts" in text


def test_a_comparison_opens_with_the_verdict_and_marks_the_best(pictures):
    page = comparison_html(ROWS, pictures, about="On the test split of `out/dataset`.")
    assert text_of(page).startswith(
        "Models compared 1 of 2 models ready; the best is slots &amp; runs: rebuilds 98% of words; neighbours keep the "
        "meaning until radius 0.4; ready to augment. On the test split of out/dataset."
    )
    assert '<td><b class="best">0.02</b></td><td>0.9</td>' in page
    assert all(meaning in text_of(page).replace("&gt;", ">") for meaning in FIGURES.values())


def test_pages_hold_their_pictures_and_need_nothing_from_elsewhere(pictures):
    pages = evaluation_html(METRICS, pictures, about=""), comparison_html(ROWS, pictures, about="")
    data = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
    assert [re.findall(r'src="([^"]*)"', page) for page in pages] == [[data] * 3, [data]]
    for page in pages:
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
        assert not re.search(r"<script|@import|url\(|https?://", page)


@needs_chromium
@pytest.mark.parametrize(("width", "scheme"), [(WIDE, LIGHT), (NARROW, DARK)])
@pytest.mark.parametrize(("write", "figures"), [(evaluation_html, METRICS), (comparison_html, ROWS)])
def test_pages_fit_wide_and_narrow_light_and_dark(pictures, write, figures, width, scheme):
    page = pictures / "page.html"
    page.write_text(write(figures, pictures, about=""), encoding="utf-8")
    assert answer_of(page, pictures, FITS, width, scheme) == [0, PAPER[scheme]]
