"""The folder that augment and judge write: its plan against what is there, its manifest, its exports."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from apache_beam.io.filesystems import FileSystems

from pipelines.write.atomic import read_json, write_json
from pipelines.write.dataset_card import write_card
from pipelines.write.exports import write_exports
from pipelines.write.manifest import MANIFEST, WORK, conserve, remove_leftovers, write_manifest
from pipelines.write.receipts import fingerprint

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from apache_beam.runners.runner import PipelineResult

    from pipelines.augment.candidate_tables import CandidateUnit

log = logging.getLogger("blogvae")

FORMAT: Final = "blogvae-variations/1"
METRICS: Final = "augment"
"""Namespace of Beam's metrics."""


def index_path(output: str, units: Sequence[CandidateUnit]) -> str:
    """Where a run over these units lists its receipts: a runner that did nothing cannot pass with another run's."""
    return f"{output}/{WORK}/runs/{fingerprint([unit.name for unit in units])}.json"


def finish(
    output: str, units: Sequence[CandidateUnit], *, settings: dict[str, Any], posts: int, candidates: int | None = None
) -> dict[str, Any]:
    """Checks what the run left against its plan, then writes metrics.json and the manifest.

    Args:
        output: the variations folder.
        units: those planned.
        settings: for the manifest; their `inputs` stand beside them, too.
        posts: in the units.
        candidates: in the units, where that is known.

    Returns:
        What metrics.json holds.

    Raises:
        ConservationError: a unit, post, candidate or part is missing, or there twice.
        RuntimeError: handling every post failed; that some did is told in the log and in the rejects.
    """
    receipts = _receipts(output, units)
    files = [file for receipt in receipts for file in receipt["files"]]
    conserve("parts written", len(files), whole=len(files) - len(not_whole(output, files)))
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
    _tell_failed(receipts, failed=total["failed"], posts=posts)
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
    write_manifest(output, format_=FORMAT, files=files, settings=settings, inputs=settings["inputs"], counts=counts)
    return metrics


def _receipts(output: str, units: Sequence[CandidateUnit]) -> list[dict[str, Any]]:
    """One for every unit planned, in the plan's order."""
    listed = [read_json(path) for path in read_json(index_path(output, units))]
    done = {receipt["unit"]: receipt for receipt in listed}
    conserve("receipts", len(listed), units=len(done))
    conserve("units planned", len(units), done=sum(unit.name in done for unit in units))
    return [done[unit.name] for unit in units]


def _tell_failed(receipts: Sequence[dict[str, Any]], *, failed: int, posts: int) -> None:
    first = next((receipt["failure"] for receipt in receipts if receipt["failed"]), "")
    if failed == posts > 0:
        raise RuntimeError(f"no post could be handled: {first}")
    if failed:
        log.warning("%d posts could not be handled: rejects of rule error; the first: %s", failed, first)


def write_index(receipts: Iterable[str], *, path: str) -> None:
    """Lists a run's receipts."""
    write_json(path, sorted(receipts))


def publish(args: argparse.Namespace, units: Sequence[CandidateUnit]) -> None:
    """What stands beside a finished folder's parts: a card, exports if asked for, nothing of earlier runs if so."""
    output = args.output.rstrip("/")
    write_card(output)
    if args.export:
        log.info("%s written", write_exports(output, args.export, guard_formulas=args.guard_formulas))
    if args.clean:
        log.info("removed %d files of earlier runs", _remove_earlier(output, units))


def told(metrics: dict[str, Any], result: PipelineResult, *, seconds: float) -> str:
    """Counts of all, and the rates of what was made in this run."""
    by_rule = ", ".join(f"{count:,} {rule}" for rule, count in metrics["rejected_by_rule"].items())
    counts = [
        f"{metrics[name]:,} {name.replace('_', ' ')}" for name in ("posts", "posts_short", "candidates", "accepted")
    ]
    counts.append(f"{metrics['rejected']:,} rejected" + (f" ({by_rule})" if by_rule else ""))
    if metrics["accepted"]:
        counts.append(f"change {metrics['change_measured']:.3f} for {metrics['change_requested']:.3f}")
    found = result.metrics().query()["counters"]
    made = {each.key.metric.name: each.committed for each in found if each.key.metric.namespace == METRICS}
    rates = [f"{made[name] / seconds:,.1f} {name}/s" for name in ("candidates", "pieces") if name in made]
    return f"{', '.join(counts)}, in {seconds:.1f} s" + (f" ({', '.join(rates)})" if rates else "")


def _remove_earlier(output: str, units: Sequence[CandidateUnit]) -> int:
    """Removes files that the manifest does not list, and what a rerun over these units does not need."""
    keep = [file["path"] for file in read_json(f"{output}/{MANIFEST}")["files"]]
    index = index_path(output, units)
    needed = [index, *read_json(index), *(path for unit in units for path in unit.paths)]
    keep += [path.removeprefix(f"{output}/") for path in needed]
    among = ("part-*", "rejects/**", f"{WORK}/candidates/*", f"{WORK}/judged/*", f"{WORK}/runs/*")
    return remove_leftovers(output, keep=keep, among=among)


def not_whole(folder: str, files: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of a manifest's files that are not there in full."""
    found = FileSystems.match([f"{folder}/part-*", f"{folder}/rejects/part-*"])
    sizes = {
        file.path.removeprefix(f"{folder}/"): file.size_in_bytes for match in found for file in match.metadata_list
    }
    return [file for file in files if sizes.get(file["path"]) != file["bytes"]]
