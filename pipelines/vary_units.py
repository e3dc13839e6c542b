"""The Beam step of augment: one row group of posts in, one part of variations and one of rejects out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems

from pipelines.filters.engine import RULE_NAMES
from pipelines.local_model import loaded_model
from pipelines.posts import METADATA_FIELDS, REJECTS
from pipelines.posts_units import read_posts
from pipelines.vary_posts import VaryPlan, vary_posts
from pipelines.write.atomic import write_json
from pipelines.write.manifest import WORK
from pipelines.write.parquet import part

if TYPE_CHECKING:
    from pipelines.posts_units import PostsUnit
    from pipelines.vary_posts import Outcome

VARIATIONS = pa.schema(
    [
        pa.field("variation_id", pa.string()),
        pa.field("post_id", pa.string()),
        pa.field("variant", pa.int32()),
        pa.field("text", pa.string()),
        *METADATA_FIELDS,
        pa.field("language", pa.string()),
        pa.field("strategy", pa.string()),
        pa.field("seed", pa.int64()),
        pa.field("change_requested", pa.float64()),
        pa.field("change_measured", pa.float64()),
        pa.field("scores", pa.struct([(name, pa.float64()) for name in RULE_NAMES])),
        pa.field("segments_changed", pa.int32()),
        pa.field("model_sha256", pa.string()),
    ]
)
VARIATION_REJECTS = pa.schema([*REJECTS, pa.field("rule", pa.string())])
GROUP_ROWS = 1024


class VaryUnits(beam.PTransform):
    """PostsUnits to paths of receipts; a unit varied before is not varied again."""

    def __init__(self, *, output: str, model: str, plan: VaryPlan) -> None:
        super().__init__()
        self.output, self.model, self.plan = output, model, plan

    def expand(self, units: Any) -> Any:
        """One element is one unit."""
        return units | "VaryUnit" >> beam.Map(vary_unit, output=self.output, model=self.model, plan=self.plan)


def unit_receipt(output: str, fingerprint: str) -> str:
    """The receipt of a varied unit: there when its parts are whole."""
    return f"{output}/{WORK}/{fingerprint}.json"


def vary_unit(unit: PostsUnit, *, output: str, model: str, plan: VaryPlan) -> str:
    """Varies one unit's posts and writes its parts and, last, its receipt. Safe to repeat."""
    receipt = unit_receipt(output, unit.fingerprint)
    if not FileSystems.exists(receipt):
        posts = read_posts(unit)
        outcome = vary_posts(posts, loaded_model(model), plan)
        write_json(receipt, _write(outcome, unit, output, posts=len(posts)))
    return receipt


def _write(outcome: Outcome, unit: PostsUnit, output: str, *, posts: int) -> dict[str, Any]:
    files: list[dict[str, Any]] = []
    name = f"part-{unit.fingerprint}.parquet"
    with part(output, name, VARIATIONS, group_rows=GROUP_ROWS, files=files) as variations:
        for row in outcome.variations:
            variations.write(row)
    with part(output, f"rejects/{name}", VARIATION_REJECTS, group_rows=GROUP_ROWS, files=files) as rejects:
        for row in outcome.rejects:
            rejects.write(row)
    failed = [row for row in outcome.rejects if row["stage"] == "candidate"]
    return {
        "files": files,
        "posts": posts,
        "candidates": outcome.candidates,
        "rejected": len(failed),
        "short": len(outcome.rejects) - len(failed),
        "rejected_by_rule": dict(sorted(Counter(rule for row in failed for rule in row["rule"].split(" | ")).items())),
        "change_sum": sum(row["change_measured"] for row in outcome.variations),
    }
