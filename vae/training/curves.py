"""Draws the training curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PANELS = (
    ("nats per piece", {"train_loss": "training loss"}),
    ("nats per text", {"val_reconstruction": "rebuilding", "val_kl": "latent (KL)", "val_objective": "objective"}),
    ("active units", {"val_active_units": "active units"}),
)
"""For each panel its label, and the logged values it shows with their names."""


def plot_curves(rows: Sequence[dict[str, float]], path: Path, *, best_step: int) -> None:
    """Writes a PNG of the logged values, one row for each validation, against the step.

    A dashed line marks the best step, whose weights are kept. Every axis begins at 0, so that a small rise looks small.
    """
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    titles = _titles(rows, best_step)
    for axes, (label, names), title in zip(figure.subplots(1, len(PANELS)), PANELS, titles, strict=True):
        for name, line_label in names.items():
            points = [(row["step"], row[name]) for row in rows if name in row]
            axes.plot([step for step, _ in points], [value for _, value in points], label=line_label, marker=".")
        axes.set(xlabel="step", ylabel=label, title=title)
        axes.set_ylim(bottom=0.0)
        axes.axvline(best_step, color="0.4", linestyle="--", linewidth=1, label="best step")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    # The version of matplotlib is left out, so that the same figures give the same bytes.
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _titles(rows: Sequence[dict[str, float]], best_step: int) -> list[str]:
    """One message for each panel."""
    best = next((row for row in rows if row["step"] == best_step), rows[-1])
    losses = [row["train_loss"] for row in rows if "train_loss" in row]
    return [
        f"Training loss went from {losses[0]:.2f} to {losses[-1]:.2f}" if losses else "No training loss yet",
        f"The weights of step {best_step:,} are kept",
        f"{best['val_active_units']:,.0f} units carry the texts" if "val_active_units" in best else "Active units",
    ]
