import re
from types import SimpleNamespace

import pytest

from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, HIDDEN_MEANING
from vae.evaluation.model_card import model_card
from vae.settings import DEFAULTS
from vae.text_vae import TextVAE

METRICS = {
    **{name: number + 0.12345 for number, name in enumerate(FIGURE_DESCRIPTIONS)},
    "active_units": 12345,
    "split": "validation",
    "texts": 2345,
    "hidden_nats": [{"hidden": 0.15, "level": 0.5, "nats": 2.12345}],
}
DATASET = SimpleNamespace(manifest={"counts": {"posts": 1200, "near_duplicates": 3}})


@pytest.fixture
def model(make_module, tokenizer):
    return TextVAE(make_module(vocab_size=tokenizer.vocab_size), tokenizer, DEFAULTS, languages=["de", "en"])


def test_the_card_says_what_the_model_is_and_what_it_was_trained_on(model):
    card = model_card(model, DATASET, METRICS)
    parameters = sum(weight.numel() for weight in model.module.parameters())
    assert f"variational autoencoder of {parameters:,} parameters: a segment of at most\n16 pieces" in card
    assert "becomes 4 slots of 6 Gaussian variables" in card
    assert f"sha256 of tokenizer and weights: `{model.sha256}`" in card
    assert "\n1,200 posts, 3 near duplicates. Languages: de, en. " in card


def test_every_figure_is_a_row_of_the_table(model):
    card = model_card(model, DATASET, METRICS)
    table = re.search(r"\n## Figures on the validation split \(2,345 texts\)\n\n((?:\|.*\n)+)", card)[1].splitlines()
    assert table[:2] == ["| figure | value | meaning |", "|---|---|---|"]
    assert [row.split(" | ")[0].removeprefix("| ") for row in table[2:-1]] == list(FIGURE_DESCRIPTIONS)
    assert f"| elbo | 0.1235 | {FIGURE_DESCRIPTIONS['elbo']} |" in table
    assert f"| active_units | 12,345 | {FIGURE_DESCRIPTIONS['active_units']} |" in table
    assert table[-1] == f"| 15% hidden, level 0.5 | 2.123 | {HIDDEN_MEANING} |"


def test_without_figures_the_card_says_how_to_get_them(model):
    card = model_card(model, DATASET, {"split": "validation", "tokens_per_second": 9.0})
    assert "## Figures\n\nNone were measured after training; `blogvae evaluate` measures them.\n" in card


def test_every_setting_is_in_the_card(model):
    card = model_card(model, DATASET, METRICS)
    for section, settings in DEFAULTS.as_dict().items():
        (line,) = re.findall(rf"^- {section}: (.*)$", card, re.MULTILINE)
        assert line.split(", ")[0] == " ".join(map(str, next(iter(settings.items()))))
        assert all(f"{name} {value}" in line for name, value in settings.items())


def test_the_card_names_what_is_a_placeholder_and_says_if_nothing_is(model, monkeypatch):
    assert "Placeholders to the model, in both texts of BLEU too: " in model_card(model, DATASET, METRICS)
    monkeypatch.setattr(model.tokenizer, "protects", frozenset())
    assert "Nothing in a text is a placeholder to the model." in model_card(model, DATASET, METRICS)


def test_unknown_languages_are_called_not_told(model):
    model.languages = []
    assert "Languages: not told. " in model_card(model, DATASET, METRICS)
