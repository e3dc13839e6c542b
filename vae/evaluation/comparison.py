"""Models side by side: a table and a picture of the same figures of each."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from vae.evaluation.at_change import at_change
from vae.evaluation.evaluation_page import SHOWN_CHANGE, short
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Row = dict[str, Any]
"""A model's `name` and its FIGURES; None where it has none."""

FIGURES = {
    **{name: FIGURE_DESCRIPTIONS[name] for name in ("nll_iw", "elbo", "kl", "active_units", "units")},
    **{name: FIGURE_DESCRIPTIONS[name] for name in ("bleu", "bleu_sampled", "exact_match")},
    "lost": "share of words that rebuilding alone changes",
    "bleu_at_change": f"0 to 100, to the source where {SHOWN_CHANGE:.0%} of the words change; – where more do anyway",
    "tokens_per_second": "pieces a second in training",
    "parameters": "numbers that were learned",
}
"""What is compared, in the order it is shown."""

BETTER = {
    **dict.fromkeys(("nll_iw", "lost"), min),
    **dict.fromkeys(("elbo", "bleu", "bleu_sampled", "exact_match", "bleu_at_change"), max),
}
"""Which end of a figure is the better one, where either is."""

_PANELS = {
    "nll_iw": ("NLL, nats per text\n(lower is better)", None),
    "bleu": ("BLEU of rebuilt texts\n(higher is better)", 100.0),
    "bleu_at_change": (f"BLEU to the source at\n{SHOWN_CHANGE:.0%} changed words (higher)", 100.0),
}
"""What the picture shows: title, and the most that such a figure can be."""

_BEST, _OTHERS = "C0", "0.75"


def compared(name: str, metrics: Mapping[str, Any], *, tokens_per_second: float | None, parameters: int) -> Row:
    """A row of the comparison, from the figures of an evaluation."""
    at = at_change(metrics["radius_curve"], SHOWN_CHANGE) or {}
    own = {
        "lost": metrics["radius_curve"][0]["changed"],
        "bleu_at_change": at.get("bleu"),
        "tokens_per_second": tokens_per_second,
        "parameters": parameters,
    }
    return {"name": name, **{figure: own[figure] if figure in own else metrics[figure] for figure in FIGURES}}


def table(rows: Sequence[Row]) -> str:
    """A Markdown table, a column a model, the best of a figure in bold."""
    lines = [["", *(row["name"] for row in rows)], ["---", *["---:"] * len(rows)]]
    for figure in FIGURES:
        best = _best(rows, figure)
        told = [(short(row[figure]), row[figure] is not None and row[figure] == best) for row in rows]
        lines.append([figure, *(f"**{text}**" if bold else text for text, bold in told)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def comparison_page(rows: Sequence[Row], *, about: str) -> str:
    """What compare.md holds; `about` says on what the models were measured."""
    meanings = "\n".join(f"- **{name}**: {meaning}." for name, meaning in FIGURES.items())
    return f"# Models compared\n\n{about}\n\n![The figures as bars](compare.png)\n\n{table(rows)}\n\n{meanings}\n"


def comparison_csv(rows: Sequence[Row]) -> str:
    """A row a model, an empty cell where it has no such figure."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["name", *FIGURES], extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def plot_comparison(rows: Sequence[Row], path: Path) -> None:
    """Writes a PNG of bars, a panel a figure and the best in blue."""
    figure = Figure(figsize=(3 * len(_PANELS) + 1, 1.4 + 0.4 * len(rows)), layout="constrained")
    every = figure.subplots(1, len(_PANELS), sharey=True)
    for axes, (name, (title, most)) in zip(every, _PANELS.items(), strict=True):
        best, values = _best(rows, name), [row[name] for row in rows]
        bars = axes.barh(
            [row["name"] for row in rows],
            [value or 0.0 for value in values],
            color=[_BEST if value is not None and value == best else _OTHERS for value in values],
        )
        axes.bar_label(bars, [_told(row, name) for row in rows], padding=3, fontsize="small")
        axes.set_title(title, fontsize="medium")
        highest = most or max((value for value in values if value is not None), default=1.0)
        axes.set_xlim(0.0, 1.25 * highest)
        axes.spines[["top", "right"]].set_visible(False)
    every[0].invert_yaxis()
    # Without the version of matplotlib, so that the same figures give the same bytes.
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _told(row: Row, figure: str) -> str:
    if row[figure] is None and row["lost"] > SHOWN_CHANGE:
        return f"rebuilding changes {row['lost']:.0%}"
    return short(row[figure])


def _best(rows: Sequence[Row], figure: str) -> float | None:
    values = [row[figure] for row in rows if row[figure] is not None]
    return BETTER[figure](values) if values and figure in BETTER else None
