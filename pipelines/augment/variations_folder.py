"""Completes the folder that augment and judge write: checks it, and writes its metrics, manifest, card and exports."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from apache_beam.io.filesystems import FileSystems

from pipelines.augment.candidate_tables import VARIATIONS_FORMAT
from pipelines.augment.outcome import next_look, outcome
from pipelines.write.atomic import read_json, write_json
from pipelines.write.dataset_card import write_card
from pipelines.write.manifest import MANIFEST, WORK, conserve, remove_leftovers, write_manifest
from pipelines.write.output_folder import output_folder
from pipelines.write.planned import PLANS
from pipelines.write.receipts import fingerprint
from pipelines.write.variation_exports import write_exports

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from apache_beam.runners.runner import PipelineResult

    from pipelines.augment.candidate_tables import CandidateUnit

log = logging.getLogger("blogvae")

METRICS_NAMESPACE: Final = "augment"
"""The namespace of the jobs' Beam metrics."""


def index_path(output: str, units: Sequence[CandidateUnit]) -> str:
    """The file in which a run over these units lists its receipts; a run over other units has another file."""
    return f"{output}/{WORK}/runs/{fingerprint([unit.name for unit in units])}.json"


def finish_variations(
    output: str, units: Sequence[CandidateUnit], *, settings: dict[str, Any], posts: int, candidates: int | None = None
) -> dict[str, Any]:
    """Checks the run's files against its plan, then writes metrics.json and the manifest.

    Args:
        output: the variations folder.
        units: the units that were planned.
        settings: the settings for the manifest, which also lists their `inputs` on their own.
        posts: the number of posts in the units.
        candidates: the number of candidates in the units, if it is known.

    Returns:
        The content of metrics.json.

    Raises:
        ConservationError: a unit, post, candidate or part is missing, or is there twice.
        RuntimeError: no post could be handled. If only some could not, the log and the rejects say so.
    """
    receipts = _receipts(output, units)
    files = [file for receipt in receipts for file in receipt["files"]]
    conserve("parts written", len(files), whole=len(files) - len(incomplete_files(output, files)))
    total, by_rule = Counter[str](), Counter[str]()
    for receipt in receipts:
        total.update({name: receipt[name] for name in ("posts", "candidates", "rejected", "short", "failed")})
        by_rule.update(receipt["rejected_by_rule"])
    rejects = sum(file["rows"] for file in files if file["path"].startswith("rejects/"))
    accepted = sum(file["rows"] for file in files) - rejects
    conserve("posts planned", posts, judged=total["posts"])
    conserve("candidates", total["candidates"], variations=accepted, rejects=rejects - total["short"])
    if candidates is not None:
        conserve("candidates made", candidates, judged=total["candidates"])
    _log_failed(receipts, failed=total["failed"], posts=posts)
    metrics = {
        "posts": total["posts"],
        "posts_short": total["short"],
        "posts_failed": total["failed"],
        "candidates": total["candidates"],
        "accepted": accepted,
        "rejected": total["rejected"],
        "rejected_by_rule": dict(sorted(by_rule.items())),
        "change_requested": settings["change"],
        "change_measured": sum(receipt["change_sum"] for receipt in receipts) / accepted if accepted else None,
    }
    write_json(f"{output}/metrics.json", metrics)
    counts = {name: metrics[name] for name in ("posts", "candidates", "accepted", "rejected", "posts_short")}
    write_manifest(
        output, format_=VARIATIONS_FORMAT, files=files, settings=settings, inputs=settings["inputs"], counts=counts
    )
    return metrics


def _receipts(output: str, units: Sequence[CandidateUnit]) -> list[dict[str, Any]]:
    """The receipt of every planned unit, in the plan's order."""
    listed = [read_json(path) for path in read_json(index_path(output, units))]
    done = {receipt["unit"]: receipt for receipt in listed}
    conserve("receipts", len(listed), units=len(done))
    conserve("units planned", len(units), done=sum(unit.name in done for unit in units))
    return [done[unit.name] for unit in units]


def _log_failed(receipts: Sequence[dict[str, Any]], *, failed: int, posts: int) -> None:
    first = next((receipt["failure"] for receipt in receipts if receipt["failed"]), "")
    if failed == posts > 0:
        raise RuntimeError(f"no post could be handled: {first}")
    if failed:
        log.warning("%d posts could not be handled: rejects of rule error; the first: %s", failed, first)


def write_index(receipts: Iterable[str], *, path: str) -> None:
    """Writes the list of a run's receipts."""
    write_json(path, sorted(receipts))


def publish(args: argparse.Namespace, units: Sequence[CandidateUnit]) -> None:
    """Writes the card, and the export if there is to be one; removes files of earlier runs for --clean."""
    output = output_folder(args.output)
    write_card(output)
    if args.export:
        log.info("%s written", write_exports(output, args.export, guard_formulas=args.guard_formulas))
    if args.clean:
        log.info("removed %d files of earlier runs", _remove_earlier(output, units))


def log_outcome(output: str, metrics: dict[str, Any], result: PipelineResult, *, seconds: float) -> None:
    """Logs how long the run took, what was accepted and why the rest was not, and what to look at next."""
    extra = {"counts": metrics, "seconds": round(seconds, 1)}
    log.info("%s: %s", output, _rates(metrics, result, seconds=seconds), extra=extra)
    log.info("%s", outcome(metrics))
    log.info("%s", next_look(output))


def _rates(metrics: dict[str, Any], result: PipelineResult, *, seconds: float) -> str:
    """The posts and candidates of the folder, and the rates of this run."""
    counters = result.metrics().query()["counters"]
    this_run = {
        counter.key.metric.name: counter.committed
        for counter in counters
        if counter.key.metric.namespace == METRICS_NAMESPACE
    }
    rates = [f"{this_run[name] / seconds:,.1f} {name}/s" for name in ("candidates", "pieces") if name in this_run]
    counts = f"{metrics['posts']:,} posts, {metrics['candidates']:,} candidates"
    return f"{counts}, in {seconds:.1f} s" + (f" ({', '.join(rates)})" if rates else "")


def _remove_earlier(output: str, units: Sequence[CandidateUnit]) -> int:
    """Removes files that neither the manifest lists nor a rerun over these units needs. Returns their number."""
    keep = [file["path"] for file in read_json(f"{output}/{MANIFEST}")["files"]]
    index = index_path(output, units)
    needed = [index, *read_json(index), *(path for unit in units for path in unit.paths)]
    keep += [path.removeprefix(f"{output}/") for path in needed]
    among = ("part-*", "rejects/**", f"{WORK}/candidates/*", f"{WORK}/judged/*", f"{WORK}/runs/*", f"{PLANS}/*")
    return remove_leftovers(output, keep=keep, among=among)


def incomplete_files(folder: str, files: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The files of a manifest that are missing or have another size."""
    matches = FileSystems.match([f"{folder}/part-*", f"{folder}/rejects/part-*"])
    sizes = {
        file.path.removeprefix(f"{folder}/"): file.size_in_bytes for match in matches for file in match.metadata_list
    }
    return [file for file in files if sizes.get(file["path"]) != file["bytes"]]
