"""The figures of an evaluation as a page of Markdown: each with its number and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vae.evaluation.at_change import at_change
from vae.evaluation.meanings import MAP_MEANING, MEANINGS, RADIUS_MEANINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN_CHANGE = 0.3
"""The share of changed words at which the radius curve is told in words: the default of augment."""


def evaluation_page(metrics: Mapping[str, Any]) -> str:
    """What evaluation.md holds; its pictures lie beside it."""
    figures = "\n".join(f"- **{name}** {short(metrics[name])}: {meaning}." for name, meaning in MEANINGS.items())
    return f"""# The model on the {metrics["split"]} split

{metrics["texts"]:,} texts; {metrics["reconstruction_texts"]:,} of them rebuilt, {metrics["nll_iw_texts"]:,} with \
{metrics["nll_iw_samples"]:,} samples each for nll_iw. In all texts numbers, URLs and the like are placeholders.

{figures}

## Rebuilding, by length

![BLEU and exact match by length](by_length.png)

{_lengths(metrics["by_length"])}

## A step of a given radius

![What changes with the radius](radius.png)

{_radii(metrics["radius_curve"], metrics["known_source"])}

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


def _radii(points: Sequence[Mapping[str, float | None]], known_source: float | None) -> str:
    told = "\n".join(f"- **{name}**: {meaning}." for name, meaning in RADIUS_MEANINGS.items())
    header = ["radius", *RADIUS_MEANINGS]
    rows = [header, ["---:"] * len(header), *([short(point[name]) for name in header] for point in points)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_at_shown_change(points, known_source)}\n\n{told}\n\n{table}"


def _at_shown_change(points: Sequence[Mapping[str, Any]], known_source: float | None) -> str:
    at = at_change(points, SHOWN_CHANGE)
    if at is None:
        least, most = points[0]["changed"], max(point["changed"] for point in points)
        return f"Steps of radius 0 to {points[-1]['radius']} change {least:.0%} to {most:.0%} of the words."
    fluency = (
        f"; {at['known']:.0%} of its neighbouring words are known, {known_source:.0%} of the sources'"
        if "known" in at
        else ""
    )
    return (
        f"{SHOWN_CHANGE:.0%} of the words change at a radius of about {at['radius']:.2f}. There a text keeps BLEU "
        f"{at['bleu']:.0f} to its source, two variations have BLEU {at['self_bleu']:.0f} to one another, and the text "
        f"encoded again lies {at['cycle']:.2f} of the latent's length away{fluency}."
    )
