"""`blogvae augment`: writes variations of posts, filtered by rules."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import StandardOptions
from apache_beam.transforms.combiners import ToList

from pipelines.augment.candidate_tables import VARIATIONS_FORMAT, stored_candidates
from pipelines.augment.judge_units import JudgeUnits
from pipelines.augment.judging import load_judging
from pipelines.augment.local_latents import with_local_partners
from pipelines.augment.variations_folder import (
    finish_variations,
    index_path,
    publish,
    summary,
    write_index,
)
from pipelines.beam.file_systems import absolute_path
from pipelines.beam.local_model import AUTO, CPU, CUDA, DEVICES, available_device, local_model
from pipelines.beam.pipeline import LOCAL_RUNNER, beam_options, beam_pipeline
from pipelines.beam.progress import shown_progress
from pipelines.commands.folder_flags import add_folder_arguments, check_folder_flags
from pipelines.commands.posts_source import (
    add_posts_arguments,
    model_for_workers,
    model_relative_to_output,
    posts_dataset,
    prepare_inputs,
    relative_to_output,
)
from pipelines.errors import UserError
from pipelines.posts.posts_units import plan_posts
from pipelines.write.code_version import code_version
from pipelines.write.folder_lock import only_run_on
from pipelines.write.manifest import check_same_run
from pipelines.write.output_folder import output_folder
from vae.commands.command import Command, main
from vae.commands.sampling_flags import add_sampling_arguments, sampling_of, sampling_settings

if TYPE_CHECKING:
    import argparse

    from apache_beam.options.pipeline_options import PipelineOptions

    from pipelines.augment.vary_posts import VaryPlan
    from vae.text_vae import TextVAE

log = logging.getLogger("blogvae")

ACCELERATOR: Final = "type:nvidia-tesla-t4;count:1;install-nvidia-driver"
"""The accelerator that a remote runner is asked for with --device cuda, in the form that Dataflow knows. Beam's
--resource_hints accelerator=... overrides it."""

GPU_WORKERS: Final = 4
"""The number of processes that share a GPU, each with its own model, unless --direct_num_workers gives another."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of augment."""
    add_posts_arguments(parser)
    parser.add_argument("--per-post", type=int, default=2, help="variations wanted of each post")
    add_sampling_arguments(parser)
    parser.add_argument("--filters", metavar="FILE.yaml", help="rules and thresholds that differ from the default")
    parser.add_argument("--limit", type=int, help="vary the first so many posts only; no more of --input are read")
    parser.add_argument(
        "--device", choices=DEVICES, default=AUTO, help="where the model runs; auto: on a GPU of this machine, if any"
    )
    add_folder_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Plans units of posts, runs the pipeline, checks that no candidate vanished, and writes the manifest last."""
    from pipelines.augment.vary_units import VaryUnits  # noqa: PLC0415  (torch is slow to import, --help should not wait)
    from vae.text_vae import TextVAE  # noqa: PLC0415
    from vae.variation.guide import Guide  # noqa: PLC0415

    started = time.perf_counter()
    beam_options(args.other_flags, units=1)  # refuses a wrong flag, and opens the filesystems
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
    with only_run_on(output):
        prepare_inputs(args, loaded, output)
        post_units = list(plan_posts(dataset, facts=[VARIATIONS_FORMAT, code_version(), settings], limit=args.limit))
        units = [stored_candidates(output, unit.fingerprint) for unit in post_units]
        sizes = {unit.paths[0]: post_unit.take for unit, post_unit in zip(units, post_units, strict=True)}
        options = beam_options(args.other_flags, units=min(len(units), GPU_WORKERS) if device == CUDA else len(units))
        hints = {"accelerator": ACCELERATOR} if device == CUDA and not _is_local(options) else {}
        progress = shown_progress("varying, posts", sum(sizes.values()), lambda: _posts_done(sizes), folder=output)
        with progress, beam_pipeline(options) as pipeline:
            _ = (
                pipeline
                | "Posts" >> beam.Create(post_units)
                | "Spread" >> beam.Reshuffle()
                | "Vary" >> VaryUnits(output=output, model=model, device=device, plan=plan, hints=hints)
                | "Judge" >> JudgeUnits(output=output, judging=plan.judging)
                | "Receipts" >> ToList()
                | "Index" >> beam.Map(write_index, path=index_path(output, units))
            )
        metrics = finish_variations(output, units, settings=settings, posts=sum(sizes.values()))
        publish(args, units)
    log.info("%s: %s", output, summary(metrics, pipeline.result, seconds=time.perf_counter() - started))


def _is_local(options: PipelineOptions) -> bool:
    return bool(options.view_as(StandardOptions).runner == LOCAL_RUNNER)


def _device(args: argparse.Namespace) -> str:
    """The device for --device. On other machines `auto` is the CPU, since their GPUs are not known here."""
    if _is_local(beam_options(args.other_flags, units=1)):
        return available_device(args.device)
    return CPU if args.device == AUTO else str(args.device)


def _posts_done(sizes: dict[str, int]) -> int:
    return sum(size for path, size in sizes.items() if FileSystems.exists(path))


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


COMMAND = Command(
    name="augment",
    help="encode posts, sample around them, decode and filter variations; Beam's own flags pass through",
    add_arguments=add_arguments,
    run=run,
    passes_flags=True,
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
