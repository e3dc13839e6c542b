import csv

import pytest

from vae.evaluation.comparison import (
    BETTER,
    FIGURES,
    compared,
    comparison_csv,
    comparison_page,
    comparison_verdict,
    plot_comparison,
    table,
)

METRICS = {
    "nll_iw": 100.0,
    "elbo": -110.0,
    "kl": 5.0,
    "active_units": 3,
    "units": 32,
    "bleu": 60.0,
    "bleu_sampled": 50.0,
    "exact_match": 0.25,
    "tokens_per_second": 7.0,
    "radius_curve": [
        {"radius": 0.0, "changed": 0.2, "bleu": 60.0, "self_bleu": 100.0, "cycle": 0.0},
        {"radius": 1.0, "changed": 0.4, "bleu": 40.0, "self_bleu": 50.0, "cycle": 0.5},
    ],
}
COLLAPSED = {
    **METRICS,
    "nll_iw": 90.0,
    "elbo": -120.0,
    "bleu": 1.0,
    "bleu_sampled": 50.0,
    "active_units": 0,
    "radius_curve": [{**point, "changed": 0.95} for point in METRICS["radius_curve"]],
}


@pytest.fixture
def rows():
    return [
        compared("slots", METRICS, tokens_per_second=1234.5, parameters=1000),
        compared("classic", COLLAPSED, tokens_per_second=None, parameters=500),
    ]


def test_a_row_holds_the_figures_and_reads_bleu_where_the_same_share_changes(rows):
    assert rows[0] == {
        "name": "slots",
        "nll_iw": 100.0,
        "elbo": -110.0,
        "kl": 5.0,
        "active_units": 3,
        "units": 32,
        "bleu": 60.0,
        "bleu_sampled": 50.0,
        "exact_match": 0.25,
        "lost": 0.2,
        "meaning_radius": 0.0,
        "bleu_at_change": pytest.approx(50.0),
        "tokens_per_second": 1234.5,
        "parameters": 1000,
    }


def test_a_model_that_changes_more_words_at_radius_0_has_no_bleu_at_change(rows):
    assert (rows[1]["lost"], rows[1]["bleu_at_change"]) == (0.95, None)


def test_the_verdict_counts_the_ready_and_tells_of_the_best(rows):
    told = "0 of 2 models ready; the best is slots: not trained enough: rebuilds 80% of words; try more steps"
    assert comparison_verdict(rows).startswith(told)
    ready = {**rows[1], "name": "ready", "lost": 0.05, "meaning_radius": 0.52}
    better_but_brittle = {**rows[1], "name": "brittle", "lost": 0.01}
    assert comparison_verdict([*rows, better_but_brittle, ready]) == (
        "1 of 4 models ready; the best is ready: rebuilds 95% of words; neighbours keep the meaning until radius 0.5; "
        "ready to augment."
    )


def test_a_table_has_a_column_for_each_model_and_the_best_in_bold(rows):
    lines = table(rows).splitlines()
    assert lines[:3] == ["|  | slots | classic |", "| --- | ---: | ---: |", "| nll_iw | 100 | **90** |"]
    assert "| elbo | **-110** | -120 |" in lines
    assert "| bleu_sampled | **50** | **50** |" in lines
    assert "| active_units | 3 | 0 |" in lines
    assert "| bleu_at_change | **50** | – |" in lines
    assert "| tokens_per_second | 1,234 | – |" in lines
    assert len(lines) == 2 + len(FIGURES)


def test_a_page_holds_the_table_the_picture_and_the_meanings(rows):
    page = comparison_page(rows, about="On the test split.")
    assert page.startswith(f"# Models compared\n\n**{comparison_verdict(rows)}**\n\nOn the test split.\n")
    assert table(rows) in page
    assert "](compare.png)" in page
    assert all(f"- **{name}**: {meaning}." in page for name, meaning in FIGURES.items())


def test_a_csv_has_a_row_for_each_model_and_empty_cells_for_missing_figures(rows):
    first, second = csv.DictReader(comparison_csv(rows).splitlines())
    assert list(first) == ["name", *FIGURES]
    assert (first["name"], first["nll_iw"], second["bleu_at_change"]) == ("slots", "100.0", "")


def test_the_same_figures_give_the_same_picture(rows, tmp_path):
    pictures = []
    for number, shown in enumerate((rows, rows, rows[:1])):
        plot_comparison(shown, tmp_path / f"{number}.png")
        pictures.append((tmp_path / f"{number}.png").read_bytes())
    assert pictures[0].startswith(b"\x89PNG")
    assert pictures[0] == pictures[1] != pictures[2]


def test_every_figure_with_a_best_value_is_shown():
    assert set(BETTER) <= set(FIGURES)
