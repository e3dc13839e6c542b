"""Compares models: the same figures of each, as a Markdown page, a CSV file and a picture."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from vae.evaluation.at_change import at_change
from vae.evaluation.evaluation_page import SHOWN_CHANGE, short
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS
from vae.evaluation.verdict import SAME_MEANING, Verdict, meaning_radius, rounded_down, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Row = dict[str, Any]
"""A model's `name` and its FIGURES; a figure that it does not have is None."""

FIGURES = {
    **{name: FIGURE_DESCRIPTIONS[name] for name in ("nll_iw", "elbo", "kl", "active_units", "units")},
    **{name: FIGURE_DESCRIPTIONS[name] for name in ("bleu", "bleu_sampled", "exact_match")},
    "lost": "share of words that rebuilding alone changes",
    "meaning_radius": f"radius up to which at most {SAME_MEANING:.0%} of the words change; larger is better",
    "bleu_at_change": f"0 to 100, to the source where {SHOWN_CHANGE:.0%} of the words change; – where more do anyway",
    "tokens_per_second": "pieces a second in training",
    "parameters": "numbers that were learned",
}
"""The figures that are compared, in the order in which they are shown, and what each means."""

BETTER = {
    **dict.fromkeys(("nll_iw", "lost"), min),
    **dict.fromkeys(("elbo", "bleu", "bleu_sampled", "exact_match", "bleu_at_change", "meaning_radius"), max),
}
"""Whether the lowest or the highest value is the best, for figures that have a best value."""

_PANELS = {
    "nll_iw": ("NLL, nats per text\n(lower is better)", None),
    "bleu": ("BLEU of rebuilt texts\n(higher is better)", 100.0),
    "bleu_at_change": (f"BLEU to the source at\n{SHOWN_CHANGE:.0%} changed words (higher)", 100.0),
}
"""The figures that the picture shows, each with its title and its largest possible value, if there is one."""

_BEST, _OTHERS = "C0", "0.75"


def compared(name: str, metrics: Mapping[str, Any], *, tokens_per_second: float | None, parameters: int) -> Row:
    """Returns a model's row of the comparison, from the figures of its evaluation."""
    at_shown_change = at_change(metrics["radius_curve"], SHOWN_CHANGE) or {}
    figures = {
        **metrics,
        "lost": metrics["radius_curve"][0]["changed"],
        "meaning_radius": meaning_radius(metrics["radius_curve"]),
        "bleu_at_change": at_shown_change.get("bleu"),
        "tokens_per_second": tokens_per_second,
        "parameters": parameters,
    }
    return {"name": name, **{figure: figures[figure] for figure in FIGURES}}


def comparison_verdict(rows: Sequence[Row]) -> str:
    """Returns one line: how many models are ready to augment, and the verdict on the best one."""
    ready = sum(_verdict(row).ready for row in rows)
    best = _best_row(rows)
    line = _verdict(best).line
    return f"{ready} of {len(rows)} models ready; the best is {best['name']}: {line[0].lower()}{line[1:]}"


def _best_row(rows: Sequence[Row]) -> Row:
    """Returns the model that rebuilds most words, of those that are ready to augment if any is."""
    return max(rows, key=lambda row: (_verdict(row).ready, -row["lost"]))


def _verdict(row: Row) -> Verdict:
    return verdict(
        rebuilt=1 - row["lost"], radius=row["meaning_radius"], active=row["active_units"], units=row["units"]
    )


def cells(rows: Sequence[Row]) -> dict[str, list[tuple[str, bool]]]:
    """Returns for each figure the text of each model's value, and whether it is the best one."""
    best = {figure: _best(rows, figure) for figure in FIGURES}
    return {
        figure: [(short(row[figure]), row[figure] is not None and row[figure] == best[figure]) for row in rows]
        for figure in FIGURES
    }


def table(rows: Sequence[Row]) -> str:
    """Returns a Markdown table with a column for each model and the best value of each figure in bold."""
    lines = [["", *(row["name"] for row in rows)], ["---", *["---:"] * len(rows)]]
    for figure, values in cells(rows).items():
        lines.append([figure, *(f"**{text}**" if is_best else text for text, is_best in values)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def comparison_page(rows: Sequence[Row], *, about: str) -> str:
    """Returns the text of compare.md; `about` says which texts the models were measured on."""
    meanings = "\n".join(f"- **{name}**: {meaning}." for name, meaning in FIGURES.items())
    head = f"# Models compared\n\n**{comparison_verdict(rows)}**\n\n{about}"
    return f"{head}\n\n![The figures as bars](compare.png)\n\n{table(rows)}\n\n{meanings}\n"


def comparison_csv(rows: Sequence[Row]) -> str:
    """Returns the text of a CSV file with a row for each model; a figure that it does not have is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["name", *FIGURES], extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def plot_comparison(rows: Sequence[Row], path: Path) -> None:
    """Writes a PNG of bars, with a panel for each figure and the best value in blue."""
    figure = Figure(figsize=(3 * len(_PANELS) + 1, 1.4 + 0.4 * len(rows)), layout="constrained")
    all_axes = figure.subplots(1, len(_PANELS), sharey=True)
    for axes, (name, (title, largest)) in zip(all_axes, _PANELS.items(), strict=True):
        best, values = _best(rows, name), [row[name] for row in rows]
        bars = axes.barh(
            [row["name"] for row in rows],
            [value or 0.0 for value in values],
            color=[_BEST if value is not None and value == best else _OTHERS for value in values],
        )
        axes.bar_label(bars, [_bar_label(row, name) for row in rows], padding=3, fontsize="small")
        axes.set_title(title, fontsize="medium")
        highest = largest or max((value for value in values if value is not None), default=1.0)
        axes.set_xlim(0.0, 1.25 * highest)
        axes.spines[["top", "right"]].set_visible(False)
    all_axes[0].invert_yaxis()
    winner = _best_row(rows)
    figure.suptitle(f"{winner['name']} is the best: it rebuilds {rounded_down(1 - winner['lost'])} of words")
    # The version of matplotlib is left out, so that the same figures give the same bytes.
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _bar_label(row: Row, figure: str) -> str:
    if row[figure] is None and row["lost"] > SHOWN_CHANGE:
        return f"rebuilding changes {row['lost']:.0%}"
    return short(row[figure])


def _best(rows: Sequence[Row], figure: str) -> float | None:
    values = [row[figure] for row in rows if row[figure] is not None]
    return BETTER[figure](values) if values and figure in BETTER else None
