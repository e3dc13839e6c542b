"""`blogvae augment`: writes variations of posts, filtered by rules."""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
from apache_beam.options.pipeline_options import StandardOptions

from pipelines.augment.candidate_tables import VARIATIONS_FORMAT, candidates_path
from pipelines.augment.judge_units import JudgeUnits
from pipelines.augment.judging import load_judging
from pipelines.augment.local_latents import with_local_partners
from pipelines.augment.posts_made import forget_made, posts_made
from pipelines.augment.variations_folder import FinishVariations, log_outcome
from pipelines.beam.detached_job import goes_on_alone, log_handed_over
from pipelines.beam.devices import AUTO, CPU, CUDA, available_device
from pipelines.beam.file_systems import absolute_path
from pipelines.beam.local_model import local_model
from pipelines.beam.pipeline import LOCAL_RUNNER, beam_options, beam_pipeline
from pipelines.beam.progress import shown_progress
from pipelines.commands import prepare
from pipelines.commands.planned_work import (
    augment_seconds,
    log_plan,
    planned_posts,
    planned_variations,
    workers_of,
)
from pipelines.commands.posts_source import (
    model_for_workers,
    model_relative_to_output,
    posts_dataset,
    prepare_arguments,
    prepare_inputs,
    relative_to_output,
)
from pipelines.errors import UserError
from pipelines.flags.augment import COMMAND
from pipelines.flags.folder import check_folder_flags
from pipelines.posts.posts_units import PostsUnit, plan_posts
from pipelines.write.code_version import code_version
from pipelines.write.folder_lock import only_run_on
from pipelines.write.last_step import LastStep, forget_report
from pipelines.write.manifest import check_same_run
from pipelines.write.output_folder import output_folder
from pipelines.write.planned import Planned
from pipelines.write.receipts import with_receipt
from vae.commands.command import main
from vae.commands.sampling_flags import sampling_of, sampling_settings

if TYPE_CHECKING:
    import argparse

    from apache_beam.options.pipeline_options import PipelineOptions

    from pipelines.augment.vary_posts import VaryPlan
    from vae.text_vae import TextVAE

ACCELERATOR: Final = "type:nvidia-tesla-t4;count:1;install-nvidia-driver"
"""The accelerator that a remote runner is asked for with --device cuda, in the form that Dataflow knows. Beam's
--resource_hints accelerator=... overrides it."""

GPU_WORKERS: Final = 4
"""The number of processes that share a GPU, each with its own model, unless --direct_num_workers gives another."""

WORKER_BYTES: Final = 1_600_000_000
"""The memory of a worker with base-en (README, Sizes)."""


def run(args: argparse.Namespace) -> None:
    """Plans units of posts, and runs the pipeline, whose last step checks that nothing vanished and ends the folder."""
    from pipelines.augment.vary_units import VaryUnits  # noqa: PLC0415  (torch is slow to import, --help should not wait)
    from vae.text_vae import TextVAE  # noqa: PLC0415
    from vae.variation.guide import Guide  # noqa: PLC0415

    started = time.perf_counter()
    # It refuses a wrong flag, and opens the filesystems.
    alone = goes_on_alone(beam_options(args.other_flags, units=1))
    check_folder_flags(args)
    output, model = output_folder(args.output), model_for_workers(args.model)
    args.partners = args.partners and absolute_path(args.partners)
    plan = _plan(args)
    device = _device(args)
    loaded = TextVAE.load(local_model(model))
    dataset = posts_dataset(args, output)
    Guide.of(loaded, with_local_partners(plan.sampling))  # refuses what it cannot do before any worker starts
    inputs = {"dataset": relative_to_output(output, dataset), "model": model_relative_to_output(output, model)}
    if args.partners:
        inputs["partners"] = relative_to_output(output, args.partners)
    settings = _settings(plan, loaded, inputs=inputs, device=device, limit=args.limit)
    check_same_run(output, settings, overwrite=args.overwrite)
    if args.dry_run:
        _log_plan(args, loaded, output, dataset=dataset, device=device)
        return
    with only_run_on(output, job_goes_on=alone) as holder:
        forget_report(output)
        prepare_inputs(args, loaded, output)
        post_units = list(plan_posts(dataset, facts=[VARIATIONS_FORMAT, code_version(), settings], limit=args.limit))
        sizes = {candidates_path(output, unit.fingerprint): unit.take for unit in post_units}
        forget_made(sizes)
        options = _options(args, units=len(post_units), device=device)
        hints = {"accelerator": ACCELERATOR} if device == CUDA and not _is_local(options) else {}
        progress = shown_progress("varying, posts", sum(sizes.values()), partial(posts_made, sizes), folder=output)
        finish = FinishVariations(
            output=output,
            units=[unit.fingerprint for unit in post_units],
            settings=settings,
            posts=sum(sizes.values()),
            export=args.export,
            guard_formulas=args.guard_formulas,
            clean=args.clean,
        )
        with progress, beam_pipeline(options) as pipeline:
            _ = (
                pipeline
                | "Posts" >> Planned(post_units, output=output, of_json=PostsUnit.of_json)
                | "Vary" >> VaryUnits(output=output, model=model, device=device, plan=plan, hints=hints)
                | "Judge" >> JudgeUnits(output=output, judging=plan.judging)
                | "Receipts" >> beam.Map(with_receipt)
                | "Last" >> LastStep(finish, output=output, holder=holder)
            )
    if alone:
        log_handed_over(output)
        return
    log_outcome(output, pipeline.result, cleaned=args.clean, seconds=time.perf_counter() - started)


def _log_plan(args: argparse.Namespace, loaded: TextVAE, output: str, *, dataset: str, device: str) -> None:
    """Logs the plan of --dry-run, after that of the dataset that --input would be prepared to."""
    if args.dataset:
        work, segments = planned_posts(dataset, limit=args.limit)
    else:
        work, segments = planned_variations(prepare.plan(prepare_arguments(args, loaded, output)))
    workers = workers_of(_options(args, units=work.units, device=device))
    seconds = (
        None if device == CUDA else augment_seconds(work, segments=segments, per_post=args.per_post, workers=workers)
    )
    log_plan(COMMAND.name, output, work, seconds=seconds, workers=workers)


def _options(args: argparse.Namespace, *, units: int, device: str) -> PipelineOptions:
    units = min(units, GPU_WORKERS) if device == CUDA else units
    return beam_options(args.other_flags, units=units, worker_bytes=WORKER_BYTES)


def _is_local(options: PipelineOptions) -> bool:
    return bool(options.view_as(StandardOptions).runner == LOCAL_RUNNER)


def _device(args: argparse.Namespace) -> str:
    """The device for --device. On other machines `auto` is the CPU, since their GPUs are not known here."""
    if _is_local(beam_options(args.other_flags, units=1)):
        return available_device(args.device)
    return CPU if args.device == AUTO else str(args.device)


def _plan(args: argparse.Namespace) -> VaryPlan:
    from pipelines.augment.vary_posts import VaryPlan  # noqa: PLC0415  (as above)

    if args.limit is not None and args.limit < 1:
        raise UserError(f"--limit {args.limit}: vary at least one post")
    return VaryPlan(sampling=sampling_of(args), judging=load_judging(args.filters, per_post=args.per_post))


def _settings(
    plan: VaryPlan, loaded: TextVAE, *, inputs: dict[str, str], device: str, limit: int | None
) -> dict[str, Any]:
    """All settings that the variations depend on."""
    return {
        "inputs": inputs,
        "model_sha256": loaded.sha256,
        "calibration": json.loads(loaded.calibration.to_json()),
        **sampling_settings(plan.sampling),
        "partners": inputs.get("partners"),
        **plan.judging.settings(),
        "device": device,
        "limit": limit,
    }


if __name__ == "__main__":
    sys.exit(main(COMMAND))
