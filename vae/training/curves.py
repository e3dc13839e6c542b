"""Draws the training curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PANELS = (
    ("nats per piece", ("train_loss",)),
    ("nats per text", ("val_reconstruction", "val_kl", "val_objective")),
    ("active units", ("val_active_units",)),
)
"""For each panel its label and the logged values it shows."""


def plot_curves(rows: Sequence[dict[str, float]], path: Path) -> None:
    """Writes a PNG of the logged values, one row for each validation, against the step."""
    figure = Figure(figsize=(11, 3.2), layout="constrained")
    for axes, (label, names) in zip(figure.subplots(1, len(PANELS)), PANELS, strict=True):
        for name in names:
            points = [(row["step"], row[name]) for row in rows if name in row]
            axes.plot([step for step, _ in points], [value for _, value in points], label=name, marker=".")
        axes.set(xlabel="step", ylabel=label)
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    # The version of matplotlib is left out, so that the same figures give the same bytes.
    figure.savefig(path, dpi=110, metadata={"Software": None})
