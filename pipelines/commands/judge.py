"""`blogvae judge`: judges the candidates of an earlier run by other rules, without the model."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import apache_beam as beam

from pipelines.augment.candidate_tables import VARIATIONS_FORMAT, CandidateUnit
from pipelines.augment.judge_units import JudgeUnits
from pipelines.augment.judging import load_judging
from pipelines.augment.remeasure import RemeasureUnits, rules_to_remeasure
from pipelines.augment.variations_folder import FinishVariations, incomplete_files, log_outcome
from pipelines.beam.detached_job import goes_on_alone, log_handed_over
from pipelines.beam.file_systems import absolute_path
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.commands.posts_source import relative_to_output
from pipelines.errors import UserError
from pipelines.flags.folder import check_folder_flags
from pipelines.flags.judge import COMMAND
from pipelines.report.manifest_folder import ManifestFolder, join
from pipelines.write.code_version import code_version
from pipelines.write.folder_lock import only_run_on
from pipelines.write.last_step import LastStep, forget_report
from pipelines.write.manifest import check_same_run
from pipelines.write.output_folder import output_folder
from pipelines.write.planned import Planned
from pipelines.write.receipts import fingerprint, with_receipt
from vae.commands.command import main

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence


def run(args: argparse.Namespace) -> None:
    """Plans units of candidates, and runs the pipeline, whose last step checks that none vanished."""
    started = time.perf_counter()
    beam_options(args.other_flags, units=1)  # refuses a wrong flag, and opens the filesystems
    check_folder_flags(args)
    output, variations = output_folder(args.output), absolute_path(args.variations).rstrip("/")
    manifest = _earlier_manifest(variations, output)
    counts, earlier = manifest["counts"], manifest["settings"]
    judging = load_judging(args.filters, per_post=earlier["per_post"] if args.per_post is None else args.per_post)
    remeasured = rules_to_remeasure(judging.rules, earlier["filters"])
    inputs = {name: join(variations, path) for name, path in manifest["inputs"].items()} | {"variations": variations}
    settings = {
        **earlier,
        **judging.settings(),
        "inputs": {name: relative_to_output(output, path) for name, path in inputs.items()},
        "judged": fingerprint(manifest["files"]),
    }
    check_same_run(output, settings, overwrite=args.overwrite)
    units = list(_units(variations, manifest["files"], facts=[VARIATIONS_FORMAT, code_version(), settings]))
    options = beam_options(args.other_flags, units=len(units))
    alone = goes_on_alone(options)
    finish = FinishVariations(
        output=output,
        units=[unit.name for unit in units],
        settings=settings,
        posts=counts["posts"],
        candidates=counts["candidates"],
        export=args.export,
        guard_formulas=args.guard_formulas,
        clean=args.clean,
    )
    with only_run_on(output, job_goes_on=alone) as holder:
        forget_report(output)
        with beam_pipeline(options) as pipeline:
            _ = (
                pipeline
                | "Candidates" >> Planned(units, output=output, of_json=CandidateUnit.of_json)
                | "Measure" >> RemeasureUnits(output=output, rules=remeasured, dataset=inputs["dataset"])
                | "Judge" >> JudgeUnits(output=output, judging=judging)
                | "Receipts" >> beam.Map(with_receipt)
                | "Last" >> LastStep(finish, output=output, holder=holder)
            )
    if alone:
        log_handed_over(output)
        return
    log_outcome(output, pipeline.result, cleaned=args.clean, seconds=time.perf_counter() - started)


def _earlier_manifest(variations: str, output: str) -> Mapping[str, Any]:
    """The manifest of the earlier run. Raises UserError if that run cannot be judged, or a part of it is missing."""
    manifest = ManifestFolder.open(variations, command="augment").manifest
    if manifest.get("format") != VARIATIONS_FORMAT or "selection" not in manifest["settings"]["filters"]:
        raise UserError(f"{variations} holds no candidates with all their scores; run augment again")
    if join(variations, ".") == join(output, "."):
        raise UserError(f"--output {output} is what is judged; name another folder")
    for file in incomplete_files(variations, manifest["files"]):
        raise UserError(f"{variations}/{file['path']} is missing or not the file of the manifest; run augment again")
    return manifest


def _units(variations: str, files: Sequence[Mapping[str, Any]], *, facts: Sequence[Any]) -> Iterator[CandidateUnit]:
    """Units of candidates: the variations and the rejects of one unit of the earlier run are one unit again."""
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for file in files:
        by_name.setdefault(file["path"].rpartition("/")[2], []).append(file)
    for number, parts in enumerate(by_name.values()):
        name = fingerprint([*facts, [file["sha256"] for file in parts]])
        yield CandidateUnit(
            number=number,
            part=number,
            name=name,
            paths=tuple(f"{variations}/{file['path']}" for file in parts),
        )


if __name__ == "__main__":
    sys.exit(main(COMMAND))
