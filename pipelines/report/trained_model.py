"""Reads what a model folder holds about its training: the curves, and each measure with its meaning."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from apache_beam.io.filesystems import FileSystems

from pipelines.beam.local_model import SHIPPED_PREFIX
from pipelines.errors import UserError
from pipelines.report.manifest_folder import join, read_json_object
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS
from vae.model_folder import shipped


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measure's value and the phrase that says what it means."""

    name: str
    value: float
    meaning: str


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """A model's curves (a PNG in base64), its measures, and the names of files that are missing.

    `shipped` is its name if it is a model that ships with blogvae.
    """

    curves: str | None
    measures: tuple[Measure, ...]
    missing: tuple[str, ...]
    shipped: str | None = None


def read_trained_model(path: str) -> TrainedModel:
    """Reads the model at `path`. Absent or broken files are named in `missing`; nothing is raised."""
    curves: str | None = None
    measures: tuple[Measure, ...] = ()
    missing = []
    name = path.removeprefix(SHIPPED_PREFIX) if path.startswith(SHIPPED_PREFIX) else None
    if name:
        path = str(shipped.SHIPPED_MODELS / name)
    try:
        with FileSystems.open(join(path, "curves.png")) as handle:
            curves = base64.b64encode(handle.read()).decode("ascii")
    except FileNotFoundError:
        missing.append("curves.png")
    try:
        metrics = read_json_object(path, "metrics.json", command="train")
        measures = tuple(
            Measure(name=name, value=metrics[name], meaning=meaning)
            for name, meaning in FIGURE_DESCRIPTIONS.items()
            if isinstance(metrics.get(name), int | float)
        )
    except UserError:
        missing.append("metrics.json")
    ships = name if name in shipped.shipped_models() else None
    return TrainedModel(curves=curves, measures=measures, missing=tuple(missing), shipped=ships)
