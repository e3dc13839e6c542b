"""The Beam step of augment that holds the model: it turns row groups of posts into tables of candidates."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems
from apache_beam.ml.inference.base import ModelHandler, RunInference

from pipelines.augment.candidate_tables import (
    CANDIDATES_SCHEMA,
    METADATA_COLUMNS,
    UNITS_IN_PART,
    CandidateUnit,
    stored_candidates,
    write_candidates,
)
from pipelines.augment.local_latents import with_local_partners
from pipelines.augment.posts_made import forget_made, tell_made
from pipelines.augment.vary_posts import vary_posts
from pipelines.beam.finished_units import METRICS_NAMESPACE, tell_finished
from pipelines.beam.local_model import loaded_model
from pipelines.posts.posts_units import PostsUnit, read_posts
from vae.text_vae import TextVAE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.augment.vary_posts import VariedPost, VaryPlan

RUN_COUNTERS: Final = ("posts", "candidates", "passed", "pieces")
"""The counters of what this run varied; pieces are those of the varied segments."""


class VaryUnits(beam.PTransform):
    """Turns PostsUnits into CandidateUnits. A unit that was varied before is not varied again."""

    def __init__(self, *, output: str, model: str, device: str, plan: VaryPlan, hints: Mapping[str, str]) -> None:
        super().__init__()
        self.handler = VaryHandler(output=output, model=model, device=device, plan=plan, hints=hints)

    def expand(self, units: Any) -> Any:
        """Takes one element for each unit."""
        return units | "Infer" >> RunInference(self.handler)


class VaryHandler(ModelHandler[PostsUnit, CandidateUnit, TextVAE]):
    """Loads the model once a process, and varies one unit at a time."""

    def __init__(self, *, output: str, model: str, device: str, plan: VaryPlan, hints: Mapping[str, str]) -> None:
        super().__init__(min_batch_size=1, max_batch_size=1)
        self.output, self.model, self.device, self.plan, self.hints = output, model, device, plan, hints

    def load_model(self) -> TextVAE:
        """The model on the device that was asked for; raises UserError if that device is absent."""
        return loaded_model(self.model, self.device)

    def run_inference(
        self, batch: Sequence[PostsUnit], model: TextVAE, inference_args: dict[str, Any] | None = None
    ) -> Iterator[CandidateUnit]:
        """Varies each unit."""
        del inference_args
        for unit in batch:
            plan = replace(self.plan, sampling=with_local_partners(self.plan.sampling))
            yield vary_unit(unit, output=self.output, model=model, plan=plan)

    def get_metrics_namespace(self) -> str:
        """The namespace of Beam's own metrics of inference."""
        return METRICS_NAMESPACE

    def get_resource_hints(self) -> dict[str, str]:
        """The resources that a remote runner is asked for."""
        return dict(self.hints)


def vary_unit(unit: PostsUnit, *, output: str, model: TextVAE, plan: VaryPlan) -> CandidateUnit:
    """Varies one unit's posts and stores its candidates. Safe to repeat."""
    stored = stored_candidates(output, unit.fingerprint, number=unit.number, part=unit.number // UNITS_IN_PART)
    if not FileSystems.exists(stored.paths[0]):
        started = time.perf_counter()
        varied = vary_posts(read_posts(unit), model, plan, partial(tell_made, stored.paths[0]))
        write_candidates(output, unit.fingerprint, candidates_table(varied, plan, model_sha256=model.sha256))
        forget_made(stored.paths)
        seconds = round(time.perf_counter() - started, 3)
        tell_finished(unit.fingerprint, "varied", _counts(varied, model), seconds=seconds)
    return stored


def candidates_table(varied: Sequence[VariedPost], plan: VaryPlan, *, model_sha256: str) -> pa.Table:
    """The table of candidates, with a row for each post that says why it has none or no more."""
    candidates = [
        (varied_post.post, number, candidate)
        for varied_post in varied
        for number, candidate in enumerate(varied_post.candidates, start=1)
    ]
    ended = [varied_post for varied_post in varied if varied_post.rule]
    posts = [post for post, _, _ in candidates] + [varied_post.post for varied_post in ended]
    sampling = plan.sampling
    columns = {
        "post_id": [post["post_id"] for post in posts],
        "candidate": [number for _, number, _ in candidates],
        "text": [candidate.assembled.text for _, _, candidate in candidates],
        **{name: [post[name] for post in posts] for name in METADATA_COLUMNS},
        "strategy": [sampling.strategy] * len(posts),
        "seed": [sampling.seed] * len(posts),
        "change_requested": [sampling.change] * len(posts),
        "change_measured": [candidate.assembled.change for _, _, candidate in candidates],
        "scores": [candidate.scores for _, _, candidate in candidates],
        "segments_changed": [candidate.assembled.segments_changed for _, _, candidate in candidates],
        "model_sha256": [model_sha256] * len(posts),
        "rule": [None] * len(candidates) + [varied_post.rule for varied_post in ended],
        "reason": [None] * len(candidates) + [varied_post.reason for varied_post in ended],
        "edits": [[asdict(edit) for edit in candidate.assembled.edits] or None for _, _, candidate in candidates],
    }
    arrays = [
        pa.array(columns[field.name] + [None] * (len(posts) - len(columns[field.name])), field.type)
        for field in CANDIDATES_SCHEMA
    ]
    return pa.table(arrays, CANDIDATES_SCHEMA)


def _counts(varied: Sequence[VariedPost], model: TextVAE) -> dict[str, int]:
    candidates = [candidate for varied_post in varied for candidate in varied_post.candidates]
    segments = [
        model.tokenizer.protect(text).masked for candidate in candidates for text in candidate.assembled.segments
    ]
    pieces = sum(map(len, model.tokenizer.encode(segments)))
    counts = (len(varied), len(candidates), sum(candidate.passed for candidate in candidates), pieces)
    return dict(zip(RUN_COUNTERS, counts, strict=True))
