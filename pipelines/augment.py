"""`blogvae augment`: variations of posts, filtered by rules."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.transforms.combiners import ToList

from pipelines.beam_run import beam_options, pipeline_of
from pipelines.errors import UserError
from pipelines.filters.engine import load_rules, settings_of
from pipelines.folder_lock import only_run_on
from pipelines.local_model import local_model
from pipelines.output_folder import output_folder
from pipelines.posts_source import add_posts_arguments, posts_dataset, seen_from
from pipelines.posts_units import plan_posts
from pipelines.progress import shown_progress
from pipelines.vary_posts import VaryPlan
from pipelines.vary_units import VaryUnits, unit_receipt
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import MANIFEST, WORK, check_same_run, conserve, remove_leftovers, write_manifest
from vae.command import Command, main
from vae.decode.decoding import Decoding
from vae.latent.strategies import STRATEGIES
from vae.text_vae import TextVAE
from vae.variation import Sampling

if TYPE_CHECKING:
    import argparse

log = logging.getLogger("blogvae")

FORMAT = "blogvae-variations/1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of augment."""
    add_posts_arguments(parser)
    parser.add_argument("--output", required=True, metavar="DIR", help="the variations folder to write")
    parser.add_argument("--per-post", type=int, default=2, help="variations wanted of each post")
    parser.add_argument("--change", type=float, default=0.3, help="share of words to change, 0 to 1")
    parser.add_argument(
        "--strategy", default="neighbour", choices=tuple(STRATEGIES), help="where new latents come from"
    )
    parser.add_argument(
        "--decode", default="greedy", choices=("greedy", "temperature", "top-p"), help="how pieces are picked"
    )
    parser.add_argument("--temperature", type=float, default=1.0, help="of temperature and top-p decoding")
    parser.add_argument("--top-p", type=float, default=0.9, help="mass that top-p decoding draws from")
    parser.add_argument("--filters", metavar="FILE.yaml", help="rules and thresholds that differ from the default")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other variations")
    parser.add_argument("--limit", type=int, help="vary the first so many posts only")
    parser.add_argument("--overwrite", action="store_true", help="replace another run's output")
    parser.add_argument(
        "--clean", action="store_true", help="remove files of earlier runs that the manifest does not list"
    )


def run(args: argparse.Namespace) -> None:
    """Plans units of posts, runs the pipeline, checks that no candidate vanished, and writes the manifest last."""
    started = time.perf_counter()
    output, model = output_folder(args.output), args.model.rstrip("/")
    plan = _vary_plan(args)
    loaded = TextVAE.load(local_model(model))
    dataset = posts_dataset(args, loaded, output)
    settings = _settings(args, plan, dataset, model, loaded)
    check_same_run(output, settings, overwrite=args.overwrite)
    units = list(plan_posts(dataset, facts=[FORMAT, settings], limit=args.limit))
    sizes = {unit_receipt(output, unit.fingerprint): unit.take for unit in units}
    options = beam_options(args.other_flags, units=len(units))
    if plan.sampling.change < loaded.calibration.floor(args.strategy):
        floor = loaded.calibration.floor(args.strategy)
        log.warning("--change %.2f is below the %.2f that this model's reconstruction loses", args.change, floor)
    index = f"{output}/{WORK}/receipts.json"
    with only_run_on(output):
        progress = shown_progress("varying, posts", sum(sizes.values()), lambda: _done(sizes), folder=output)
        with progress, pipeline_of(options) as pipeline:
            _ = (
                pipeline
                | "Units" >> beam.Create(units)
                | "Spread" >> beam.Reshuffle()
                | "Vary" >> VaryUnits(output=output, model=model, plan=plan)
                | "Receipts" >> ToList()
                | "Index" >> beam.Map(lambda paths: write_json(index, sorted(paths)))
            )
        conserve("units planned", len(units), written=len(read_json(index)))
        metrics = _finish(output, settings, [read_json(path) for path in sizes])
        if args.clean:
            manifest = read_json(f"{output}/{MANIFEST}")
            log.info("removed %d files of earlier runs", _remove_leftovers(output, manifest))
    seconds = time.perf_counter() - started
    told = ", ".join(f"{value:.3g} {name}" for name, value in metrics.items() if isinstance(value, int | float))
    log.info("%s: %s, in %.1f s (%.1f candidates/s)", output, told, seconds, metrics["candidates"] / seconds)


def _done(sizes: dict[str, int]) -> int:
    return sum(size for path, size in sizes.items() if FileSystems.exists(path))


def _vary_plan(args: argparse.Namespace) -> VaryPlan:
    if not 0 <= args.change <= 1:
        raise UserError(f"--change {args.change}: a share of words is between 0 and 1")
    if args.per_post < 1:
        raise UserError(f"--per-post {args.per_post}: ask for at least one variation")
    if args.limit is not None and args.limit < 1:
        raise UserError(f"--limit {args.limit}: vary at least one post")
    if args.temperature <= 0 or not 0 < args.top_p <= 1:
        raise UserError("--temperature must be above 0, --top-p above 0 and at most 1")
    decoding = Decoding(method=args.decode, temperature=args.temperature, top_p=args.top_p)
    sampling = Sampling(strategy=args.strategy, change=args.change, seed=args.seed, decoding=decoding)
    return VaryPlan(per_post=args.per_post, sampling=sampling, rules=load_rules(args.filters))


def _settings(args: argparse.Namespace, plan: VaryPlan, dataset: str, model: str, loaded: TextVAE) -> dict[str, Any]:
    """What the variations follow from, with the folders as seen from the output."""
    decoding = plan.sampling.decoding
    return {
        "inputs": {"dataset": seen_from(args.output, dataset), "model": seen_from(args.output, model)},
        "model_sha256": loaded.sha256,
        "calibration": json.loads(loaded.calibration.to_json()),
        "per_post": plan.per_post,
        "change": plan.sampling.change,
        "strategy": plan.sampling.strategy,
        "decode": {"method": decoding.method, "temperature": decoding.temperature, "top_p": decoding.top_p},
        "filters": settings_of(plan.rules),
        "seed": plan.sampling.seed,
        "limit": args.limit,
    }


def _finish(output: str, settings: dict[str, Any], receipts: list[dict[str, Any]]) -> dict[str, Any]:
    """Checks conservation, then writes metrics.json and the manifest."""
    files = [file for receipt in receipts for file in receipt["files"]]
    rejects = sum(file["rows"] for file in files if file["path"].startswith("rejects/"))
    accepted = sum(file["rows"] for file in files) - rejects
    total: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()
    for receipt in receipts:
        total.update({name: receipt[name] for name in ("posts", "candidates", "rejected", "short")})
        by_rule.update(receipt["rejected_by_rule"])
    conserve("candidates", total["candidates"], variations=accepted, rejects=rejects - total["short"])
    changed = sum(receipt["change_sum"] for receipt in receipts)
    metrics = {
        "posts": total["posts"],
        "posts_short": total["short"],
        "candidates": total["candidates"],
        "accepted": accepted,
        "rejected": total["rejected"],
        "rejected_by_rule": dict(sorted(by_rule.items())),
        "change_requested": settings["change"],
        "change_measured": changed / accepted if accepted else None,
    }
    write_json(f"{output}/metrics.json", metrics)
    counts = {name: metrics[name] for name in ("posts", "candidates", "accepted", "rejected", "posts_short")}
    write_manifest(output, format_=FORMAT, files=files, settings=settings, inputs=settings["inputs"], counts=counts)
    return metrics


def _remove_leftovers(output: str, manifest: dict[str, Any]) -> int:
    return remove_leftovers(output, keep=[file["path"] for file in manifest["files"]], among=("part-*", "rejects/**"))


COMMAND = Command(
    name="augment",
    help="encode posts, sample around them, decode and filter variations; Beam's own flags pass through",
    add_arguments=add_arguments,
    run=run,
    passes_flags=True,
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
