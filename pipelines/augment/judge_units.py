"""The Beam steps that judge tables of candidates and write parts of variations and rejects."""

from __future__ import annotations

import time
from collections import Counter
from itertools import chain
from math import fsum
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.augment.candidate_tables import (
    CANDIDATE_GROUP_ROWS,
    ERROR,
    RULE_SEPARATOR,
    CandidateUnit,
    read_candidates,
)
from pipelines.augment.judge_candidates import judge_candidates
from pipelines.augment.near_duplicates import CandidateKey, FindNearDuplicates, PassedCandidates, most_alike_earlier
from pipelines.beam.finished_units import tell_finished
from pipelines.write.atomic import write_json
from pipelines.write.manifest import WORK
from pipelines.write.parquet import parquet_part
from pipelines.write.receipts import fingerprint, is_done

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.augment.judging import Judging


class JudgeUnits(beam.PTransform):
    """Turns CandidateUnits into paths of receipts, one for each part. A part that is there is not written again."""

    def __init__(self, *, output: str, judging: Judging) -> None:
        super().__init__()
        self.output, self.judging = output, judging

    def expand(self, units: Any) -> Any:
        """Compares all candidates that pass the rules across units, then judges and writes each part."""
        passed = units | "PassedCandidates" >> beam.Map(passed_candidates, judging=self.judging)
        return (
            {
                "units": units | "Parts" >> beam.Map(lambda unit: (unit.part, unit)),
                "near_duplicates": passed | "NearDuplicates" >> FindNearDuplicates(),
            }
            | "ByPart" >> beam.CoGroupByKey()
            | "Judge" >> beam.Map(judge_part, output=self.output, judging=self.judging)
        )


def passed_candidates(unit: CandidateUnit, *, judging: Judging) -> PassedCandidates:
    """The unit's candidates that pass every rule."""
    table = read_candidates(unit)
    columns = (table[name].to_pylist() for name in ("post_id", "candidate", "text", "scores"))
    passed = [
        (CandidateKey(post_id, candidate), text)
        for post_id, candidate, text, scores in zip(*columns, strict=True)
        if scores and not judging.failures(scores)
    ]
    return PassedCandidates(part=unit.part, keys=[key for key, _ in passed], texts=[text for _, text in passed])


def judge_part(joined: tuple[int, Mapping[str, Iterable[Any]]], *, output: str, judging: Judging) -> str:
    """Judges the units of one part, writes their variations and rejects, and then the receipt. Safe to repeat."""
    units = sorted(joined[1]["units"], key=attrgetter("number"))
    duplicates = most_alike_earlier(chain.from_iterable(joined[1]["near_duplicates"]))
    name = fingerprint([[unit.name for unit in units], sorted(duplicates.items())])
    receipt = f"{output}/{WORK}/judged/{name}.json"
    if not is_done(receipt, output=output):
        started = time.perf_counter()
        tables = [read_candidates(unit) for unit in units]
        judged = [judge_candidates(table, judging, duplicates=duplicates) for table in tables]
        variations, rejects = map(pa.concat_tables, zip(*judged, strict=True))
        files: list[dict[str, Any]] = []
        for folder, rows in (("", variations), ("rejects/", rejects)):
            with parquet_part(
                output, f"{folder}part-{name}.parquet", rows.schema, group_rows=CANDIDATE_GROUP_ROWS, files=files
            ) as out:
                for start in range(0, len(rows), CANDIDATE_GROUP_ROWS):
                    out.write_table(rows.slice(start, CANDIDATE_GROUP_ROWS))
        counts = _counts(pa.concat_tables(tables), variations, rejects)
        write_json(receipt, {"units": [unit.name for unit in units], "files": files, **counts})
        by_rule = {f"rejected_by_{rule}": count for rule, count in counts["rejected_by_rule"].items()}
        counters = {"accepted": len(variations), "rejected": counts["rejected"], **by_rule}
        tell_finished(name, "judged", counters, seconds=round(time.perf_counter() - started, 3))
    return receipt


def _counts(table: pa.Table, variations: pa.Table, rejects: pa.Table) -> dict[str, Any]:
    of_candidates = rejects.filter(pc.equal(rejects["stage"], "candidate"))
    failed = rejects.filter(pc.equal(rejects["rule"], ERROR))["reason"].to_pylist()
    by_rule = Counter(rule for rules in of_candidates["rule"].to_pylist() for rule in rules.split(RULE_SEPARATOR))
    return {
        "posts": pc.count_distinct(table["post_id"]).as_py(),
        "candidates": pc.count(table["candidate"]).as_py(),
        "rejected": len(of_candidates),
        "short": len(rejects) - len(of_candidates),
        "failed": len(failed),
        "failure": next(iter(failed), ""),
        "rejected_by_rule": dict(sorted(by_rule.items())),
        "change_sum": fsum(variations["change_measured"].to_pylist()),
    }
