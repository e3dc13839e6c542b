"""One self-contained HTML file about a variations folder."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.report.manifest_folder import ManifestFolder, join, read_json
from pipelines.report.shown_posts import WORDS_SHOWN, first_post_ids, shown_posts, source_posts
from pipelines.report.shown_rejects import shown_rejects
from pipelines.report.spread import spreads
from pipelines.report.template import environment
from pipelines.report.trained_model import read_trained_model

FORMAT = "blogvae-variations/1"
_FIGURES = ("posts", "candidates", "accepted", "rejected", "rejected_by_rule", "change_requested", "change_measured")

_log = logging.getLogger(__name__)


def write_report(*, variations: str, output: str) -> None:
    """Writes the page about the folder `variations` to the file `output`; the same folder gives the same bytes.

    A dataset or model that is not where the folder's manifest says is named on the page, in place.

    Raises:
        UserError: the variations folder is missing or broken, or `output` cannot be written.
    """
    page = _page(variations)
    unfinished = f"{output}.{uuid.uuid4().hex}.tmp"
    try:
        with FileSystems.create(unfinished) as handle:
            handle.write(page.encode())
        FileSystems.rename([unfinished], [output])
    except OSError as error:
        if FileSystems.exists(unfinished):
            FileSystems.delete([unfinished])
        raise UserError(f"{output}: cannot be written; give --output a file in a folder you may write to") from error


def _page(variations: str) -> str:
    folder = ManifestFolder.open(variations, command="augment")
    if folder.manifest.get("format") != FORMAT:
        raise UserError(f"{variations}: no {FORMAT} folder; name one that `blogvae augment` has finished")
    figures = read_json(variations, "metrics.json", command="augment")
    lacking = [name for name in _FIGURES if name not in figures]
    if lacking:
        raise UserError(
            f"{variations}: metrics.json lacks {', '.join(lacking)}; let `blogvae augment` write the folder again"
        )
    inputs = folder.manifest.get("inputs") or {}
    dataset, model = inputs.get("dataset"), inputs.get("model")
    post_ids = first_post_ids(folder)
    sources = _sources(None if dataset is None else join(variations, dataset), post_ids)
    return (
        environment()
        .get_template("page.html")
        .render(
            figures=figures,
            settings=folder.manifest.get("settings") or {},
            spreads=spreads(folder, change_requested=figures["change_requested"]),
            model=model,
            trained=None if model is None else read_trained_model(join(variations, model)),
            dataset=dataset,
            sources_read=sources is not None,
            posts=shown_posts(variations=folder, post_ids=post_ids, sources=sources or {}),
            rejects=shown_rejects(folder),
            words_shown=WORDS_SHOWN,
        )
    )


def _sources(dataset: str | None, post_ids: list[str]) -> dict[str, dict[str, Any]] | None:
    if dataset is None:
        return None
    try:
        return source_posts(dataset=dataset, post_ids=post_ids)
    except UserError as error:
        _log.warning("%s; the report shows the variations without their posts", error)
        return None
