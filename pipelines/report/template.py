"""Loads the templates of the pages, and writes numbers and settings for them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vae.evaluation.evaluation_page import PAGES


@cache
def environment() -> Environment:
    """The templates of this folder, and the style of the pages of evaluations, which they share.

    They escape every text, and an undefined name is an error.
    """
    templates = Environment(
        loader=FileSystemLoader([Path(__file__).parent, PAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(figure=figure, percent=percent, share=share, setting=setting)
    return templates


def figure(value: Any) -> str:
    """A number with separated thousands and four significant digits; any other text as it is."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return "–" if value is None else str(value)
    return f"{number:,.0f}" if number.is_integer() or abs(number) >= 1000 else f"{number:.4g}"


def percent(value: float | None) -> str:
    """A share in whole percent."""
    return "–" if value is None else f"{value:.0%}"


def share(value: float | None) -> str:
    """A share in percent, with more digits near 0 and 1. Only 0 is written 0%, and only 1 is written 100%."""
    if value is None:
        return "–"
    if value in {0, 1}:
        return f"{value:.0%}"
    if 0 < value < 0.0001:
        return "< 0.01%"
    if 0.9999 < value < 1:
        return "> 99.99%"
    return f"{value:.2%}" if value < 0.01 or value > 0.99 else f"{value:.1%}"


def setting(value: Any) -> str:
    """A setting as a configuration file holds it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
