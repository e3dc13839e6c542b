"""The training curves as one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PANELS = (
    ("nats per piece", ("train_loss",)),
    ("nats per text", ("val_reconstruction", "val_kl", "val_objective")),
    ("active units", ("val_active_units",)),
)


def plot_curves(rows: Sequence[dict[str, float]], path: Path) -> None:
    """Writes a PNG of the logged values against the step."""
    figure = Figure(figsize=(11, 3.2), layout="constrained")
    for axes, (label, names) in zip(figure.subplots(1, len(_PANELS)), _PANELS, strict=True):
        for name in names:
            points = [(row["step"], row[name]) for row in rows if name in row]
            axes.plot([step for step, _ in points], [value for _, value in points], label=name, marker=".")
        axes.set(xlabel="step", ylabel=label)
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=110, metadata={"Software": None})
