"""Writes the model card: what the model is, what it was trained on, and what to expect of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vae.evaluation.evaluation_page import hidden_figures, short
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, HIDDEN_MEANING

if TYPE_CHECKING:
    from vae.data.dataset import Dataset
    from vae.text_vae import TextVAE


def model_card(model: TextVAE, dataset: Dataset, metrics: dict[str, Any]) -> str:
    """Returns the README.md of a model folder."""
    settings = model.settings
    counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in dataset.manifest["counts"].items())
    parameters = sum(weight.numel() for weight in model.module.parameters())
    return f"""# A text VAE trained by blogvae

A {settings.model.family} variational autoencoder of {parameters:,} parameters: a {model.unit} of at most
{model.max_len} pieces becomes {model.module.slots} slots of {model.module.dim} Gaussian variables and comes back.
Weights: `model.safetensors` (sha256 of tokenizer and weights: `{model.sha256}`).

## Data

{counts}. Languages: {", ".join(model.languages) or "not told"}. Splits are by hash of the content. The texts are its
users' own: this card claims no licence for them.

## Settings

{_settings(settings.as_dict())}

{_figures(metrics)}

{_placeholders(model)}

## Limits

It writes what its corpus wrote: no fact of a variation is checked, names and claims may change, and texts of another
language or domain come back poorly. A variation can resemble training texts other than its source. Use the rules of
`blogvae augment`, and read samples, before anything is published.
"""


def _figures(metrics: dict[str, Any]) -> str:
    if "texts" not in metrics:
        return "## Figures\n\nNone were measured after training; `blogvae evaluate` measures them."
    figures = [(name, short(metrics[name]), meaning) for name, meaning in FIGURE_DESCRIPTIONS.items()]
    figures += [(name, value, HIDDEN_MEANING) for name, value in hidden_figures(metrics["hidden_nats"])]
    rows = "\n".join(f"| {' | '.join(figure)} |" for figure in figures)
    return f"""## Figures on the {metrics["split"]} split ({metrics["texts"]:,} texts)

| figure | value | meaning |
|---|---|---|
{rows}"""


def _placeholders(model: TextVAE) -> str:
    kinds = ", ".join(sorted(model.tokenizer.protects))
    if not kinds:
        return "Nothing in a text is a placeholder to the model."
    return f"Placeholders to the model, in both texts of BLEU too: {kinds}."


def _settings(sections: dict[str, dict[str, Any]]) -> str:
    return "\n".join(
        f"- {section}: {', '.join(f'{key} {value}' for key, value in keys.items())}"
        for section, keys in sections.items()
    )
