"""Writes the figures of an evaluation as a page of Markdown, each with its value and its meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae.evaluation.at_change import at_change
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, HIDDEN_MEANING, MAP_MEANING, RADIUS_MEANINGS
from vae.evaluation.verdict import verdict_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGES = Path(__file__).parent
"""The folder of the templates of HTML pages, and of page.css, the style that the pages of `pipelines` share."""

SHOWN_CHANGE = 0.3
"""The share of changed words at which the page reads figures off the radius curve."""


def evaluation_page(metrics: Mapping[str, Any]) -> str:
    """Returns the text of evaluation.md, which shows the pictures that lie beside it."""
    figures = "\n".join(
        f"- **{name}** {short(metrics[name])}: {meaning}." for name, meaning in FIGURE_DESCRIPTIONS.items()
    )
    return f"""# The model on the {metrics["split"]} split

**{verdict_on(metrics).line}**

{metrics["texts"]:,} texts; {metrics["reconstruction_texts"]:,} of them rebuilt, {metrics["nll_iw_texts"]:,} with \
{metrics["nll_iw_samples"]:,} samples each for nll_iw. In all texts numbers, URLs and the like are placeholders.

{figures}

## Rebuilding, by length

![BLEU and exact match by length](by_length.png)

{_lengths(metrics["by_length"])}
{_hidden(metrics["hidden_nats"])}
## A step of a given radius

![What changes with the radius](radius.png)

{_radii(metrics["radius_curve"])}

## The latent space on a plane

![Texts by principal components](latent_map.png)

- **map_explained** {metrics["map_explained"]:.1%} of {metrics["map_texts"]:,} texts: {MAP_MEANING}.

The points are in `latent_map.parquet`.
"""


def short(value: float | None) -> str:
    """Returns a number as text: a figure in four digits or in whole numbers, a count in full, None as a dash."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _lengths(quarters: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"- **up to {quarter['pieces_up_to']} pieces**: {quarter['texts']:,} texts come back with BLEU "
        f"{quarter['bleu']:.1f} from the mean and {quarter['bleu_sampled']:.1f} from a sample of the posterior, "
        f"{quarter['exact_match']:.0%} of them piece by piece."
        for quarter in quarters
    )


def hidden_figures(hidden_nats: Sequence[Mapping[str, float]]) -> list[tuple[str, str]]:
    """Returns the name and the value in four digits of each figure of hidden_nats."""
    return [(f"{row['hidden']:.0%} hidden, level {row['level']:g}", short(row["nats"])) for row in hidden_nats]


def _hidden(hidden_nats: Sequence[Mapping[str, float]]) -> str:
    if not hidden_nats:
        return ""
    figures = "\n".join(f"- **{name}** {value}" for name, value in hidden_figures(hidden_nats))
    return f"\n## Filling hidden pieces\n\n{figures}\n\n{HIDDEN_MEANING[0].upper()}{HIDDEN_MEANING[1:]}.\n"


def _radii(points: Sequence[Mapping[str, float]]) -> str:
    meanings = "\n".join(f"- **{name}**: {meaning}." for name, meaning in RADIUS_MEANINGS.items())
    header = ["radius", *RADIUS_MEANINGS]
    rows = [header, ["---:"] * len(header), *([short(point[name]) for name in header] for point in points)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{at_shown_change(points)}\n\n{meanings}\n\n{table}"


def at_shown_change(points: Sequence[Mapping[str, Any]]) -> str:
    """Returns a sentence about the radius at which SHOWN_CHANGE of the words change."""
    at = at_change(points, SHOWN_CHANGE)
    if at is None:
        least, most = points[0]["changed"], max(point["changed"] for point in points)
        return f"Steps of radius 0 to {points[-1]['radius']} change {least:.0%} to {most:.0%} of the words."
    return (
        f"{SHOWN_CHANGE:.0%} of the words change at a radius of about {at['radius']:.2f}. There a text keeps BLEU "
        f"{at['bleu']:.0f} to its source, two variations have BLEU {at['self_bleu']:.0f} to one another, and the text "
        f"encoded again lies {at['cycle']:.2f} of the latent's length away."
    )
