"""Draws the pictures of an evaluation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vae.evaluation.evaluation_page import SHOWN_CHANGE
from vae.evaluation.verdict import meaning_radius

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vae.evaluation.latent_map import LatentMap
    from vae.latent.calibration import Calibration

COLOURS = [f"C{number}" for number in range(10) if number != 7]
"""Matplotlib's colours without its grey, which is too close to OTHER."""

OTHER = "0.75"
"""The grey of all categories without a colour of their own."""

CURVES = (
    ("share of words", 1.0, {"changed": "words changed"}),
    ("BLEU", 100.0, {"bleu": "to the source", "self_bleu": "between two variations"}),
    ("share of the latent's length", 1.0, {"cycle": "cycle error"}),
)
"""The panels of the radius curve: the label and the least upper end of each axis, and its figures with their labels."""


def plot_radius(points: Sequence[Mapping[str, float]], path: Path) -> None:
    """Writes a PNG of the figures of radius_curve against the radius.

    A dashed line marks the radius until which the meaning is kept. The axes show the whole range of a figure, so that a
    small change looks small.
    """
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    radii = [point["radius"] for point in points]
    for axes, (label, top, names), title in zip(
        figure.subplots(1, len(CURVES)), CURVES, _radius_titles(points), strict=True
    ):
        for name, line_label in names.items():
            axes.plot(radii, [point[name] for point in points], label=line_label, marker=".")
        axes.axvline(meaning_radius(points), color="0.4", linestyle="--", linewidth=1, label="meaning kept until")
        axes.set(xlabel="radius", ylabel=label, title=title, ylim=(0, 1.05 * max(top, axes.dataLim.y1)))
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    _save(figure, path)


def _radius_titles(points: Sequence[Mapping[str, float]]) -> list[str]:
    """One message for each panel, about the radius until which the meaning is kept."""
    radius, radii = meaning_radius(points), [point["radius"] for point in points]
    bleu, cycle = (np.interp(radius, radii, [point[name] for point in points]) for name in ("bleu", "cycle"))
    return [
        f"The meaning is kept until radius {radius:.1f}",
        f"There, BLEU to the source is {bleu:.0f}",
        f"There, encoding again is {cycle:.0%} off",
    ]


def plot_calibration(calibration: Calibration, path: Path) -> None:
    """Writes a PNG of the share of words that changes by radius, with a line for each strategy."""
    figure = Figure(figsize=(5.5, 3.6), layout="constrained")
    axes = figure.subplots()
    for name, points in calibration.curves.items():
        axes.plot(*zip(*points, strict=True), label=name, marker=".")
    name = next(iter(calibration.curves))
    title = f"{SHOWN_CHANGE:.0%} of the words change at radius {calibration.radius(name, SHOWN_CHANGE):.2f} ({name})"
    axes.set(xlabel="radius", ylabel="share of words changed", title=title, ylim=(0, 1))
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    _save(figure, path)


def plot_by_length(quarters: Sequence[Mapping[str, float]], path: Path) -> None:
    """Writes a PNG with the figures of by_length as bars; exact match is in percent."""
    figure = Figure(figsize=(7, 3.4), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(quarters))
    bars = (("bleu", "BLEU", 1), ("bleu_sampled", "BLEU, sampled", 1), ("exact_match", "exact match, %", 100))
    for number, (name, label, unit) in enumerate(bars):
        axes.bar(places + 0.27 * (number - 1), [unit * quarter[name] for quarter in quarters], 0.25, label=label)
    names = [f"up to {quarter['pieces_up_to']}\n{quarter['texts']:,} texts" for quarter in quarters]
    axes.set_xticks(places, names)
    worst = min(quarter["bleu"] for quarter in quarters)
    axes.set(xlabel="pieces", ylim=(0, 100), title=f"Texts of every length come back with BLEU {worst:.0f} or more")
    axes.grid(axis="y", alpha=0.3)
    figure.legend(loc="outside right upper", fontsize="small")
    _save(figure, path)


def plot_latent_map(latent_map: LatentMap, path: Path) -> None:
    """Writes a PNG of the map. The commonest categories have colours of their own; all points have one without any."""
    table = latent_map.points
    planes = [("x", "y", "principal components"), ("umap_x", "umap_y", "UMAP")]
    planes = [plane for plane in planes if plane[0] in table.column_names]
    categories = table["category"].to_pylist()
    colours = category_colours(categories)
    # Points are drawn in a random order, so that no category hides the others.
    order = np.random.default_rng(0).permutation(len(categories))
    shown = [colours.get(categories[place], OTHER) if colours else COLOURS[0] for place in order]
    figure = Figure(figsize=(5.2 * len(planes) + 2, 5), layout="constrained")
    for axes, (x, y, title) in zip(figure.subplots(1, len(planes), squeeze=False)[0], planes, strict=True):
        axes.scatter(table[x].to_numpy()[order], table[y].to_numpy()[order], s=6, c=shown, linewidths=0)
        axes.set(title=title, xticks=[], yticks=[])
    figure.suptitle(f"The map shows {latent_map.explained:.0%} of what sets {len(categories):,} texts apart")
    names = {**colours, "others": OTHER} if set(categories) - set(colours) else colours
    if colours:
        dots = [Line2D([], [], linestyle="", marker="o", color=colour) for colour in names.values()]
        figure.legend(dots, names, loc="outside right upper", fontsize="small")
    _save(figure, path)


def category_colours(categories: Sequence[str | None]) -> dict[str, str]:
    """Returns a colour for each of the commonest categories, the commonest first, ties in alphabetical order."""
    counts = Counter(sorted(category for category in categories if category is not None))
    return {category: colour for (category, _), colour in zip(counts.most_common(), COLOURS, strict=False)}


def _save(figure: Figure, path: Path) -> None:
    # The version of matplotlib is left out, so that the same figures give the same bytes.
    figure.savefig(path, dpi=110, metadata={"Software": None})
