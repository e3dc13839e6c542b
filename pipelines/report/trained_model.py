"""What a model folder tells about its training: the curves, and each measure with what it means."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.report.manifest_folder import join, read_json

MEANINGS = {
    "nll_iw": "Nats per unseen text, importance-weighted: how far the text surprises the model; lower is better.",
    "elbo": "The bound the training improves, in nats per text: rebuilding and KL together.",
    "reconstruction": "The part of the bound spent on rebuilding the text from its latent, in nats.",
    "kl": "Nats the latent tells beyond the prior; near 0 the decoder ignores it.",
    "mi": "Mutual information of text and latent, in nats: what a latent knows of its own text.",
    "mi_texts": "Texts the mutual information was estimated on; the estimate cannot exceed the logarithm of this.",
    "active_units": "Latent units whose mean varies between texts (variance 0.01 or more).",
    "units": "Latent units in all.",
    "ppl_word": "Perplexity per word: among how many equally likely words the model hesitates.",
    "bleu": "Overlap of a text with itself rebuilt from the mean latent, 0 to 100.",
    "bleu_sampled": "The same, rebuilt from a sampled latent.",
    "exact_match": "Share of texts rebuilt word for word.",
    "tokens_per_second": "Tokens a second while training.",
}
"""One phrase for each figure of a model's metrics.json, in the order they are shown."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure and the phrase that says what it means."""

    name: str
    value: float
    meaning: str


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """A model's curves (PNG as base64) and measures, and the names of the files not found."""

    curves: str | None
    measures: tuple[Measure, ...]
    missing: tuple[str, ...]


def read_trained_model(path: str) -> TrainedModel:
    """The model at `path`; files that are absent or broken are named in `missing`, nothing is raised."""
    curves: str | None = None
    measures: tuple[Measure, ...] = ()
    missing = []
    try:
        with FileSystems.open(join(path, "curves.png")) as handle:
            curves = base64.b64encode(handle.read()).decode("ascii")
    except OSError:
        missing.append("curves.png")
    try:
        metrics = read_json(path, "metrics.json", command="train")
        measures = tuple(
            Measure(name=name, value=metrics[name], meaning=meaning)
            for name, meaning in MEANINGS.items()
            if isinstance(metrics.get(name), int | float)
        )
    except UserError:
        missing.append("metrics.json")
    return TrainedModel(curves=curves, measures=measures, missing=tuple(missing))
