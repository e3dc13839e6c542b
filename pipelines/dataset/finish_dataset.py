"""Ends a run: checks that no row vanished, then writes the tokenizer, the statistics, and the manifest last."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystems import FileSystems

from pipelines.dataset.drop_boilerplate import lines_path
from pipelines.dataset.staged_posts import staged_files
from pipelines.dataset.statistics import boilerplate_lines, dataset_statistics, suspicions
from pipelines.dataset.step_results import STEPS
from pipelines.dataset.train_tokenizer import NO_TOKENIZER, write_tokenizer
from pipelines.errors import UserError
from pipelines.report.statistics_page import statistics_page
from pipelines.write.atomic import read_json, write_bytes, write_json
from pipelines.write.card import CARD
from pipelines.write.manifest import WORK, conserve, remove_leftovers, write_manifest
from pipelines.write.posts_card import posts_card
from tokenizer.tokenizer import Tokenizer
from vae.data.dataset import DATASET_FORMAT

if TYPE_CHECKING:
    from pipelines.dataset.prepare_settings import PrepareSettings
    from pipelines.dataset.previous_run import PreviousRun
    from pipelines.dataset.step_results import StepResults

log = logging.getLogger("blogvae")


def finish_dataset(
    results: StepResults, settings: PrepareSettings, *, previous: PreviousRun, clean: bool
) -> dict[str, int]:
    """Checks conservation, writes the tokenizer, statistics and manifest, and returns the manifest's counts.

    Args:
        results: what the steps of this run wrote.
        settings: the settings of this run.
        previous: the run that the folder held before, which the log compares this one with.
        clean: whether to remove files of earlier runs. What was sampled for the tokenizer is always removed.

    Raises:
        ConservationError: rows or units vanished or appeared.
        UserError: no post is left, or no sentence to train a tokenizer on.
    """
    output = results.output
    units, staged = results.of("units"), results.of("staged")
    cleaning = [counts for _, counts in results.of("cleaned")]
    encoded = [receipt for *_, receipt in results.of("encoded")]
    shards = [file for _, files in results.of("shards") for file in files]
    conserve("units planned", len(units), cleaned=len(staged))
    conserve("units planned", len(units), encoded=len(encoded))
    files = [file for receipt in encoded for file in receipt["files"]] + shards
    rows: Counter[str] = Counter()
    for file in files:
        rows[file["path"].partition("/")[0]] += file["rows"]
    read = sum(counts["read"] for counts in cleaning)
    conserve("rows read", read, posts=rows["posts"], rejects=rows["rejects"])
    conserve("segments encoded", sum(receipt["segments"] for receipt in encoded), shards=rows["shards"])
    statistics = dataset_statistics(encoded, cleaning)
    statistics["boilerplate_lines_removed"] = sum(removed for *_, removed in staged)
    if not rows["posts"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in statistics["rejects"].items()) or "no rows"
        raise UserError(f"{' '.join(settings.inputs)}: no usable post ({reasons})")
    tokenizer = _tokenizer(results.of("tokenizer")[0], settings)
    write_tokenizer(tokenizer, output=output)
    statistics["vocab_size"] = tokenizer.vocab_size
    statistics["boilerplate"] = boilerplate_lines(read_json(lines_path(output)))
    statistics["duplicates"]["mode"] = settings.near_duplicates
    statistics["suspicions"] = suspicions(statistics, vocab_size=None if settings.given else settings.vocab_size)
    write_json(f"{output}/stats.json", statistics)
    counts = {"rows_read": read, "posts": rows["posts"], "rejects": rows["rejects"], "segments": rows["shards"]}
    facts = {
        "settings": settings.recorded(),
        "tokenizer_sha256": tokenizer.sha256,
        "labels": results.of("labels")[0],
        "counts": counts,
        "units": sorted(fingerprint for _, fingerprint, _ in units),
    }
    write_bytes(f"{output}/stats.html", statistics_page(statistics, manifest=facts).encode())
    card = posts_card(counts, [file["path"] for file in files], languages=statistics["posts_by_language"])
    write_bytes(f"{output}/{CARD}", card.encode())
    write_manifest(output, format_=DATASET_FORMAT, files=files, **facts)
    _log_findings(statistics, {fingerprint for _, fingerprint, _ in units}, previous=previous)
    remove_leftovers(output, keep=(), among=[f"{WORK}/sample/**"])
    if clean:
        keep = [file["path"] for file in files] + _work_of_this_run(results, encoded)
        among = ("posts/**", "shards/**", "rejects/**", "duplicates/**", f"{WORK}/**")
        log.info("removed %d files of earlier runs", remove_leftovers(output, keep=keep, among=among))
    return counts


def _work_of_this_run(results: StepResults, encoded: list[dict[str, Any]]) -> list[str]:
    """Returns the files below `.work`, relative to the output, that spare a rerun the work of this run."""
    names = {name for step in ("units", "staged") for _, name, _ in results.of(step)}
    staged = [path for name in names for path in staged_files(results.output, name)]
    receipts = [path for _, path, _ in results.of("encoded")] + [path for path, _ in results.of("shards")]
    receipts += results.of("tokenizer")
    steps = [results.path(step) for step in STEPS] + [lines_path(results.output)]
    within = [path.removeprefix(f"{results.output}/") for path in [*staged, *receipts, *steps]]
    return [*within, *(receipt["encoded"] for receipt in encoded)]


def _tokenizer(path: str, settings: PrepareSettings) -> Tokenizer:
    """Reads the tokenizer that the units were encoded with."""
    if path == NO_TOKENIZER:
        raise UserError(f"{' '.join(settings.inputs)}: no sentence to train a tokenizer on; give one with --tokenizer")
    with FileSystems.open(path) as file:
        tokenizer = Tokenizer(file.read())
    if not settings.given and tokenizer.vocab_size < settings.vocab_size:
        log.info(
            "vocabulary of %d pieces: the posts fill no more of the %d asked for",
            tokenizer.vocab_size,
            settings.vocab_size,
        )
    return tokenizer


def _log_findings(statistics: dict[str, Any], names: set[str], *, previous: PreviousRun) -> None:
    """Logs a line for each finding that the user should see: growth, rejects, suspicions, dates, lost pieces."""
    if before := previous.units():
        log.info(
            "since the earlier run: %d units new or changed, %d gone, %d as they were",
            len(names - before),
            len(before - names),
            len(names & before),
        )
    rejects, posts = statistics["rejects"], sum(statistics["posts_by_split"].values())
    if sum(rejects.values()) > posts:
        reason = max(rejects, key=rejects.get)
        log.warning("more rejects than posts: %d times %r; stats.html shows examples", rejects[reason], reason)
    for line in statistics["suspicions"]:
        log.warning("%s", line)
    in_doubt = sum(statistics["dates_in_doubt"].values())
    if in_doubt:
        most = max(statistics["dates_in_doubt"].items(), key=lambda reading: reading[1])
        log.info("%d dates may be read two ways; most are taken so: %s (%d); stats.json lists all", in_doubt, *most)
    if unread := statistics["dates_unread_count"]:
        log.info("%d dates were not understood, such as %r", unread, next(iter(statistics["dates_unread"])))
    lost = statistics["totals"].get("pieces_truncated", 0)
    if lost:
        log.info("%.1f %% of the pieces were cut off at --max-len", 100 * lost / statistics["totals"]["pieces"])
