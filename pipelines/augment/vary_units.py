"""The Beam step of augment that holds the model: a row group of posts in, a table of candidates out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems
from apache_beam.metrics.metric import Metrics
from apache_beam.ml.inference.base import ModelHandler, RunInference

from pipelines.augment.candidate_tables import CANDIDATES, METADATA, CandidateUnit, stored_candidates, write_candidates
from pipelines.augment.variations_folder import METRICS
from pipelines.augment.vary_posts import vary_posts
from pipelines.beam.local_model import loaded_model
from pipelines.posts.units import PostsUnit, read_posts
from vae.text_vae import TextVAE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.augment.vary_posts import Varied, VaryPlan

COUNTED: Final = ("posts", "candidates", "passed", "pieces")
"""What was done in this run; pieces are those of the varied segments."""


class VaryUnits(beam.PTransform):
    """PostsUnits to CandidateUnits; a unit varied before is not varied again."""

    def __init__(self, *, output: str, model: str, device: str, plan: VaryPlan, hints: Mapping[str, str]) -> None:
        super().__init__()
        self.handler = VaryHandler(output=output, model=model, device=device, plan=plan, hints=hints)

    def expand(self, units: Any) -> Any:
        """One element is one unit."""
        return units | "Infer" >> RunInference(self.handler)


class VaryHandler(ModelHandler[PostsUnit, CandidateUnit, TextVAE]):
    """Holds the model, once a process; its batch is a unit, a row group of posts."""

    def __init__(self, *, output: str, model: str, device: str, plan: VaryPlan, hints: Mapping[str, str]) -> None:
        super().__init__(min_batch_size=1, max_batch_size=1)
        self.output, self.model, self.device, self.plan, self.hints = output, model, device, plan, hints

    def load_model(self) -> TextVAE:
        """The model on its device, or an error: never on another."""
        return loaded_model(self.model, self.device)

    def run_inference(
        self, batch: Sequence[PostsUnit], model: TextVAE, inference_args: dict[str, Any] | None = None
    ) -> Iterator[CandidateUnit]:
        """Varies each unit."""
        del inference_args
        for unit in batch:
            yield vary_unit(unit, output=self.output, model=model, plan=self.plan)

    def get_metrics_namespace(self) -> str:
        """The namespace of Beam's own metrics of inference, and of COUNTED."""
        return METRICS

    def get_resource_hints(self) -> dict[str, str]:
        """What a remote runner is asked for."""
        return dict(self.hints)


def vary_unit(unit: PostsUnit, *, output: str, model: TextVAE, plan: VaryPlan) -> CandidateUnit:
    """Varies one unit's posts and stores its candidates. Safe to repeat."""
    stored = stored_candidates(output, unit.fingerprint)
    if not FileSystems.exists(stored.paths[0]):
        varied = vary_posts(read_posts(unit), model, plan)
        write_candidates(output, unit.fingerprint, candidates_table(varied, plan, model_sha256=model.sha256))
        _count(varied, model)
    return stored


def candidates_table(varied: Sequence[Varied], plan: VaryPlan, *, model_sha256: str) -> pa.Table:
    """Rows of CANDIDATES: those of each post, and a row that says why there are none or no more."""
    made = [(each.post, number, one) for each in varied for number, one in enumerate(each.made, start=1)]
    ended = [each for each in varied if each.rule]
    posts = [post for post, _, _ in made] + [each.post for each in ended]
    sampling = plan.sampling
    columns = {
        "post_id": [post["post_id"] for post in posts],
        "candidate": [number for _, number, _ in made],
        "text": [one.assembled.text for _, _, one in made],
        **{name: [post[name] for post in posts] for name in METADATA},
        "strategy": [sampling.strategy] * len(posts),
        "seed": [sampling.seed] * len(posts),
        "change_requested": [sampling.change] * len(posts),
        "change_measured": [one.assembled.change for _, _, one in made],
        "scores": [one.scores for _, _, one in made],
        "segments_changed": [one.assembled.segments_changed for _, _, one in made],
        "model_sha256": [model_sha256] * len(posts),
        "rule": [None] * len(made) + [each.rule for each in ended],
        "reason": [None] * len(made) + [each.reason for each in ended],
        "edits": [[asdict(edit) for edit in one.assembled.edits] or None for _, _, one in made],
    }
    arrays = [
        pa.array(columns[field.name] + [None] * (len(posts) - len(columns[field.name])), field.type)
        for field in CANDIDATES
    ]
    return pa.table(arrays, CANDIDATES)


def _count(varied: Sequence[Varied], model: TextVAE) -> None:
    made = [one for each in varied for one in each.made]
    segments = [model.tokenizer.protect(text).masked for one in made for text in one.assembled.segments]
    pieces = sum(map(len, model.tokenizer.encode(segments)))
    counts = (len(varied), len(made), sum(one.passed for one in made), pieces)
    for name, count in zip(COUNTED, counts, strict=True):
        Metrics.counter(METRICS, name).inc(count)
