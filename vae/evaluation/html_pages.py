"""Writes an evaluation and a comparison as one self-contained HTML page each, in the style of the report."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vae.evaluation.comparison import FIGURES, cells, comparison_verdict
from vae.evaluation.evaluation_page import PAGES, at_shown_change, hidden_figures, short
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, HIDDEN_MEANING, MAP_MEANING, RADIUS_MEANINGS
from vae.evaluation.verdict import meaning_radius, rounded_down, verdict_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vae.evaluation.comparison import Row


def evaluation_html(metrics: Mapping[str, Any], pictures: Path, *, about: str) -> str:
    """Returns the text of evaluation.html.

    Args:
        metrics: the content of metrics.json.
        pictures: the folder that holds the pictures of the evaluation.
        about: which model was measured on which texts.
    """
    figures = [(name, metrics[name], meaning) for name, meaning in FIGURE_DESCRIPTIONS.items()]
    return _render(
        "evaluation.html",
        pictures,
        about=about,
        verdict=verdict_on(metrics).line,
        metrics=metrics,
        rebuilt=rounded_down(1 - metrics["radius_curve"][0]["changed"]),
        meaning_radius=meaning_radius(metrics["radius_curve"]),
        figures=figures,
        at_shown_change=at_shown_change(metrics["radius_curve"]),
        radius_meanings={"radius": "standard deviations of the prior", **RADIUS_MEANINGS},
        hidden=hidden_figures(metrics["hidden_nats"]),
        hidden_meaning=HIDDEN_MEANING,
        map_meaning=MAP_MEANING,
    )


def comparison_html(rows: Sequence[Row], pictures: Path, *, about: str) -> str:
    """Returns the text of compare.html.

    Args:
        rows: the models.
        pictures: the folder that holds compare.png.
        about: which texts the models were measured on, in Markdown.
    """
    return _render(
        "comparison.html",
        pictures,
        about=about.replace("`", ""),
        verdict=comparison_verdict(rows),
        names=[row["name"] for row in rows],
        cells=cells(rows),
        meanings=FIGURES,
    )


def _render(template: str, pictures: Path, **values: Any) -> str:
    def picture(name: str) -> str:
        return f"data:image/png;base64,{base64.b64encode((pictures / name).read_bytes()).decode('ascii')}"

    return _environment().get_template(template).render(picture=picture, **values)


@cache
def _environment() -> Environment:
    """The templates. They escape every text, and an undefined name is an error."""
    templates = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["short"] = short
    return templates
