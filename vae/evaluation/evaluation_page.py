"""The figures of an evaluation as a page of Markdown: each with its number and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vae.evaluation.at_change import at_change
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, HIDDEN_MEANING, MAP_MEANING, RADIUS_MEANINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN_CHANGE = 0.3
"""The share of changed words at which the radius curve is told in words."""


def evaluation_page(metrics: Mapping[str, Any]) -> str:
    """What evaluation.md holds; its pictures lie beside it."""
    figures = "\n".join(
        f"- **{name}** {short(metrics[name])}: {meaning}." for name, meaning in FIGURE_DESCRIPTIONS.items()
    )
    return f"""# The model on the {metrics["split"]} split

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
    """A figure in four digits, a count in full, none as a dash."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def _lengths(quarters: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"- **up to {each['pieces_up_to']} pieces**: {each['texts']:,} texts come back with BLEU {each['bleu']:.1f} "
        f"from the mean and {each['bleu_sampled']:.1f} from a sample of the posterior, {each['exact_match']:.0%} of "
        "them piece by piece."
        for each in quarters
    )


def hidden_figures(found: Sequence[Mapping[str, float]]) -> list[tuple[str, str]]:
    """Each figure of hidden_nats as its name and its number, the latter in four digits."""
    return [(f"{each['hidden']:.0%} hidden, level {each['level']:g}", short(each["nats"])) for each in found]


def _hidden(found: Sequence[Mapping[str, float]]) -> str:
    if not found:
        return ""
    figures = "\n".join(f"- **{name}** {number}" for name, number in hidden_figures(found))
    return f"\n## Filling hidden pieces\n\n{figures}\n\n{HIDDEN_MEANING[0].upper()}{HIDDEN_MEANING[1:]}.\n"


def _radii(points: Sequence[Mapping[str, float]]) -> str:
    told = "\n".join(f"- **{name}**: {meaning}." for name, meaning in RADIUS_MEANINGS.items())
    header = ["radius", *RADIUS_MEANINGS]
    rows = [header, ["---:"] * len(header), *([short(point[name]) for name in header] for point in points)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_at_shown_change(points)}\n\n{told}\n\n{table}"


def _at_shown_change(points: Sequence[Mapping[str, Any]]) -> str:
    at = at_change(points, SHOWN_CHANGE)
    if at is None:
        least, most = points[0]["changed"], max(point["changed"] for point in points)
        return f"Steps of radius 0 to {points[-1]['radius']} change {least:.0%} to {most:.0%} of the words."
    return (
        f"{SHOWN_CHANGE:.0%} of the words change at a radius of about {at['radius']:.2f}. There a text keeps BLEU "
        f"{at['bleu']:.0f} to its source, two variations have BLEU {at['self_bleu']:.0f} to one another, and the text "
        f"encoded again lies {at['cycle']:.2f} of the latent's length away."
    )
