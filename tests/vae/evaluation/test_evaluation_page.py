import pytest

from vae.evaluation.evaluation_page import evaluation_page, short
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, RADIUS_MEANINGS
from vae.evaluation.verdict import verdict_on

CURVE = [
    {"radius": 0.0, "changed": 0.1, "bleu": 90.0, "self_bleu": 100.0, "cycle": 0.0},
    {"radius": 1.0, "changed": 0.5, "bleu": 50.0, "self_bleu": 20.0, "cycle": 0.5},
]
METRICS = {
    **{name: number + 0.12345 for number, name in enumerate(FIGURE_DESCRIPTIONS)},
    "split": "test",
    "texts": 1234,
    "reconstruction_texts": 100,
    "nll_iw_texts": 10,
    "nll_iw_samples": 50,
    "hidden_nats": [],
    "map_explained": 0.0721,
    "map_texts": 900,
    "radius_curve": CURVE,
    "by_length": [{"pieces_up_to": 16, "texts": 40, "bleu": 99.04, "bleu_sampled": 80.0, "exact_match": 0.9}],
}


def test_every_figure_stands_with_its_value_and_its_meaning():
    page = evaluation_page(METRICS)
    for name, meaning in FIGURE_DESCRIPTIONS.items():
        assert f"- **{name}** {short(METRICS[name])}: {meaning}." in page
    for name, meaning in RADIUS_MEANINGS.items():
        assert f"- **{name}**: {meaning}." in page
    assert "| 1 | 0.5 | 50 | 20 | 0.5 |" in page
    assert "**up to 16 pieces**: 40 texts come back with BLEU 99.0 from the mean and 80.0 from a sample" in page
    assert "- **map_explained** 7.2% of 900 texts: " in page
    assert {f"({name}.png)" in page for name in ("radius", "by_length", "latent_map")} == {True}


def test_the_page_begins_with_the_verdict():
    assert evaluation_page(METRICS).startswith(f"# The model on the test split\n\n**{verdict_on(METRICS).line}**\n\n")


def test_the_page_describes_the_radius_that_changes_30_percent_of_the_words():
    page = evaluation_page(METRICS)
    assert "30% of the words change at a radius of about 0.50. There a text keeps BLEU 70 to its source" in page
    assert "two variations have BLEU 60 to one another" in page
    assert "lies 0.25 of the latent's length away." in page


def test_the_page_of_a_masked_model_has_a_section_on_hidden_pieces():
    assert "hidden" not in evaluation_page(METRICS)
    figures = [{"hidden": 0.15, "level": 1.6, "nats": 2.12345}, {"hidden": 1.0, "level": 0.0, "nats": 0.08}]
    page = evaluation_page({**METRICS, "hidden_nats": figures})
    assert "## Filling hidden pieces\n\n- **15% hidden, level 1.6** 2.123\n- **100% hidden, level 0** 0.08\n" in page


def test_the_page_gives_the_ends_of_a_curve_that_never_changes_so_much():
    page = evaluation_page({**METRICS, "radius_curve": [CURVE[0], {**CURVE[1], "changed": 0.25}]})
    assert "Steps of radius 0 to 1.0 change 10% to 25% of the words." in page


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (1234567, "1,234,567"), (0.123456, "0.1235"), (1234.5, "1,234"), (21000.0, "21,000"), (100.0, "100")],
)
def test_figures_have_four_digits_and_counts_all(value, text):
    assert short(value) == text
