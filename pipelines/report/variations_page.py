"""Writes the report: one self-contained HTML file about a variations folder."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.augment.candidate_tables import VARIATIONS_FORMAT
from pipelines.augment.outcome import outcome
from pipelines.errors import UserError
from pipelines.report.candidate_scores import ACCEPTED, SHORT, CandidateScores, read_candidate_scores
from pipelines.report.examples import example_rows
from pipelines.report.histogram import histogram
from pipelines.report.manifest_folder import ManifestFolder, join, read_json_object
from pipelines.report.page_data import page_data, shown_rows
from pipelines.report.page_script import page_script
from pipelines.report.rule_scores import NEAREST, rule_scores
from pipelines.report.shown_posts import chosen_rows, source_posts
from pipelines.report.template import environment
from pipelines.report.trained_model import read_trained_model
from pipelines.write.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Collection

    from markupsafe import Markup

_FIGURES = ("posts", "candidates", "accepted", "rejected", "rejected_by_rule", "change_requested", "change_measured")

_log = logging.getLogger(__name__)


def write_report(*, variations: str, output: str) -> None:
    """Writes the page about the folder `variations` to the file `output`. The same folder gives the same bytes.

    If the dataset or the model is not where the folder's manifest says, the page says so in its place.

    Raises:
        UserError: the variations folder is missing or broken, or `output` cannot be written.
    """
    write_bytes(output, _page(variations).encode())


def _page(variations: str) -> str:
    folder = ManifestFolder.open(variations, command="augment")
    if folder.manifest.get("format") != VARIATIONS_FORMAT:
        raise UserError(f"{variations}: no {VARIATIONS_FORMAT} folder; name one that `blogvae augment` has finished")
    figures = read_json_object(variations, "metrics.json", command="augment")
    lacking = [name for name in _FIGURES if name not in figures]
    if lacking:
        raise UserError(
            f"{variations}: metrics.json lacks {', '.join(lacking)}; let `blogvae augment` write the folder again"
        )
    settings = folder.manifest.get("settings") or {}
    inputs = folder.manifest.get("inputs") or {}
    dataset, model = inputs.get("dataset"), inputs.get("model")
    candidates = read_candidate_scores(folder)
    rules = rule_scores(candidates, filters=settings.get("filters") or {})
    examples = example_rows(candidates)
    in_any_case = [np.array([*examples], np.intp), *(rule.nearest for rule in rules)]
    chosen = chosen_rows(candidates, nearest=np.concatenate(in_any_case))
    rows = [
        row | {"example": examples.get(number)}
        for number, row in zip(chosen.tolist(), shown_rows(folder, chosen), strict=True)
    ]
    sources = _sources(None if dataset is None else join(variations, dataset), {row["post_id"] for row in rows})
    script = page_script()
    return (
        environment()
        .get_template("page.html")
        .render(
            outcome=outcome(figures),
            figures=figures,
            settings=settings,
            change_chart=_change_chart(candidates, requested=figures["change_requested"]),
            change_median=_median_change(candidates),
            rules=rules,
            keeps={rule.name: rule.keeps for rule in rules},
            examples=examples,
            model=model,
            trained=None if model is None else read_trained_model(join(variations, model)),
            dataset=dataset,
            sources_read=sources is not None,
            data=page_data(rows, sources=sources or {}, rules=rules),
            shown=sum(row.get("stage") != "post" for row in rows),
            nearest=NEAREST,
            script=script.text,
            script_sha256=script.sha256,
        )
    )


def _change_chart(candidates: CandidateScores, *, requested: float) -> Markup | None:
    table = candidates.table[candidates.table["outcome"] != SHORT]
    change = table["change_measured"].to_numpy(dtype=np.float64)
    accepted = table["outcome"].to_numpy() == ACCEPTED
    if not accepted.any():
        return None
    return histogram(change[accepted], label="share of words changed", marks={f"asked {requested:.4g}": requested})


def _median_change(candidates: CandidateScores) -> float | None:
    table = candidates.table
    change = table.loc[table["outcome"] == ACCEPTED, "change_measured"]
    return float(change.median()) if len(change) else None


def _sources(dataset: str | None, post_ids: Collection[str]) -> dict[str, dict[str, Any]] | None:
    if dataset is None:
        return None
    try:
        return source_posts(dataset=dataset, post_ids=post_ids)
    except UserError as error:
        _log.warning("%s; the report shows the variations without their posts", error)
        return None
