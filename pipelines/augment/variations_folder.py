"""Completes the folder that augment and judge write: checks it, and writes its metrics, manifest, card and exports."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from math import fsum
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystems import FileSystems

from pipelines.augment.candidate_tables import VARIATIONS_FORMAT, candidates_path
from pipelines.augment.outcome import next_look, outcome
from pipelines.beam.finished_units import counted
from pipelines.write.atomic import read_json, write_json
from pipelines.write.dataset_card import write_card
from pipelines.write.last_step import read_report
from pipelines.write.manifest import WORK, conserve, remove_leftovers, write_manifest
from pipelines.write.planned import PLANS
from pipelines.write.variation_exports import write_exports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from apache_beam.runners.runner import PipelineResult

    from pipelines.write.last_step import Report

log = logging.getLogger("blogvae")


@dataclass(frozen=True, kw_only=True)
class FinishVariations:
    """The end of a run of augment or judge: it checks the run's files against its plan, and completes the folder.

    units: the names of the planned units, in the plan's order;
    settings: the settings for the manifest, which also lists their `inputs` on their own;
    posts, candidates: the number of each in the units; None if it is not known;
    export, guard_formulas: the format of an export beside the parts, and how CSV is written;
    clean: whether to remove files of earlier runs.
    """

    output: str
    units: Sequence[str]
    settings: Mapping[str, Any]
    posts: int
    candidates: int | None = None
    export: str | None = None
    guard_formulas: bool = False
    clean: bool = False

    def __call__(self, receipts: Sequence[tuple[str, dict[str, Any]]]) -> Report:
        """Writes metrics.json, the card, an export, and the manifest last. A repeated call writes the same.

        Args:
            receipts: the path and the content of the receipt of each part.

        Returns:
            `failure`, the first error of the posts that could not be handled; `exported`, the path of the export;
            `removed`, the number of files of earlier runs that were removed.

        Raises:
            ConservationError: a unit, post, candidate or part is missing, or is there twice.
            RuntimeError: no post could be handled.
        """
        done = self._in_order(receipts)
        files = sorted((file for receipt in done for file in receipt["files"]), key=itemgetter("path"))
        metrics = self._metrics(done, files)
        failure = next((receipt["failure"] for receipt in done if receipt["failed"]), "")
        if metrics["posts_failed"] == self.posts > 0:
            raise RuntimeError(f"no post could be handled: {failure}")
        write_json(f"{self.output}/metrics.json", metrics)
        write_card(self.output, {"settings": self.settings, "files": files}, metrics)
        exported = (
            write_exports(self.output, files, self.export, guard_formulas=self.guard_formulas) if self.export else None
        )
        counts = {name: metrics[name] for name in ("posts", "candidates", "accepted", "rejected", "posts_short")}
        facts = {"settings": self.settings, "inputs": self.settings["inputs"], "counts": counts}
        write_manifest(self.output, format_=VARIATIONS_FORMAT, files=files, **facts)
        removed = self._remove_earlier(files, [path for path, _ in receipts]) if self.clean else 0
        return {"failure": failure, "exported": exported, "removed": removed}

    def _in_order(self, receipts: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
        """Returns the receipts in the plan's order, once it is sure that every planned unit is in one of them."""
        judged = [name for _, receipt in receipts for name in receipt["units"]]
        places = {name: place for place, name in enumerate(self.units)}
        conserve("units judged", len(judged), different=len(set(judged)))
        conserve("units judged", len(judged), planned=sum(name in places for name in judged))
        conserve("units planned", len(self.units), judged=len(judged))
        return sorted((receipt for _, receipt in receipts), key=lambda receipt: places[receipt["units"][0]])

    def _metrics(self, receipts: Sequence[Mapping[str, Any]], files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Returns the content of metrics.json, once it is sure that nothing vanished."""
        conserve("parts written", len(files), whole=len(files) - len(incomplete_files(self.output, files)))
        total, by_rule = Counter[str](), Counter[str]()
        for receipt in receipts:
            total.update({name: receipt[name] for name in ("posts", "candidates", "rejected", "short", "failed")})
            by_rule.update(receipt["rejected_by_rule"])
        rejects = sum(file["rows"] for file in files if file["path"].startswith("rejects/"))
        accepted = sum(file["rows"] for file in files) - rejects
        conserve("posts planned", self.posts, judged=total["posts"])
        conserve("candidates", total["candidates"], variations=accepted, rejects=rejects - total["short"])
        if self.candidates is not None:
            conserve("candidates made", self.candidates, judged=total["candidates"])
        return {
            "posts": total["posts"],
            "posts_short": total["short"],
            "posts_failed": total["failed"],
            "candidates": total["candidates"],
            "accepted": accepted,
            "rejected": total["rejected"],
            "rejected_by_rule": dict(sorted(by_rule.items())),
            "change_requested": self.settings["change"],
            "change_measured": fsum(receipt["change_sum"] for receipt in receipts) / accepted if accepted else None,
        }

    def _remove_earlier(self, files: Sequence[Mapping[str, Any]], receipts: Sequence[str]) -> int:
        """Removes files that neither the manifest lists nor a rerun over these units needs. Returns their number."""
        needed = [*receipts, *(candidates_path(self.output, name) for name in self.units)]
        keep = [file["path"] for file in files] + [path.removeprefix(f"{self.output}/") for path in needed]
        among = ("part-*", "rejects/**", f"{WORK}/candidates/*", f"{WORK}/judged/*", f"{PLANS}/*")
        return remove_leftovers(self.output, keep=keep, among=among)


def log_outcome(output: str, result: PipelineResult, *, cleaned: bool, seconds: float) -> None:
    """Logs how long the run took, what was accepted and why the rest was not, and what to look at next."""
    report, metrics = read_report(output), read_json(f"{output}/metrics.json")
    if failed := metrics["posts_failed"]:
        log.warning("%d posts could not be handled: rejects of rule error; the first: %s", failed, report["failure"])
    if report["exported"]:
        log.info("%s written", report["exported"])
    if cleaned:
        log.info("removed %d files of earlier runs", report["removed"])
    extra = {"counts": metrics, "seconds": round(seconds, 1)}
    log.info("%s: %s", output, _rates(metrics, result, seconds=seconds), extra=extra)
    log.info("%s", outcome(metrics))
    log.info("%s", next_look(output))


def _rates(metrics: dict[str, Any], result: PipelineResult, *, seconds: float) -> str:
    """The posts and candidates of the folder, and the rates of this run."""
    this_run = counted(result)
    rates = [f"{this_run[name] / seconds:,.1f} {name}/s" for name in ("candidates", "pieces") if name in this_run]
    counts = f"{metrics['posts']:,} posts, {metrics['candidates']:,} candidates"
    return f"{counts}, in {seconds:.1f} s" + (f" ({', '.join(rates)})" if rates else "")


def incomplete_files(folder: str, files: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The files of a manifest that are missing or have another size."""
    matches = FileSystems.match([f"{folder}/part-*", f"{folder}/rejects/part-*"])
    sizes = {
        file.path.removeprefix(f"{folder}/"): file.size_in_bytes for match in matches for file in match.metadata_list
    }
    return [file for file in files if sizes.get(file["path"]) != file["bytes"]]
