"""Ends a run: checks that no row vanished, then writes the tokenizer, the statistics, and the manifest last."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from apache_beam.io.filesystems import FileSystems

from pipelines.dataset.drop_boilerplate import lines_path
from pipelines.dataset.staged_posts import staged_files
from pipelines.dataset.statistics import boilerplate_lines, dataset_statistics, suspicions
from pipelines.dataset.step_results import STEPS, StepResults
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
    from collections.abc import Mapping, Sequence

    from pipelines.dataset.previous_run import PreviousRun
    from pipelines.write.last_step import Report

log = logging.getLogger("blogvae")

COUNT_NAMES: Final = ("rows_read", "posts", "rejects", "segments")
"""The counts of the manifest, in the order in which they are told."""


def finish_dataset(steps: Sequence[str], *, output: str, settings: Mapping[str, Any], clean: bool) -> Report:
    """Checks conservation, and writes the tokenizer, the statistics and the manifest. A repeated call writes the same.

    Args:
        steps: the STEPS whose results this run wrote below the output.
        output: the dataset folder.
        settings: the settings of this run, as the manifest records them.
        clean: whether to remove files of earlier runs. What was sampled for the tokenizer is always removed.

    Returns:
        `removed`, the number of files of earlier runs that were removed.

    Raises:
        ConservationError: rows or units vanished or appeared.
        UserError: no post is left, or no sentence to train a tokenizer on.
    """
    conserve("steps", len(STEPS), written=len(steps))
    results = StepResults(output)
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
    inputs = " ".join(settings["inputs"])
    statistics = dataset_statistics(encoded, cleaning)
    statistics["boilerplate_lines_removed"] = sum(removed for *_, removed in staged)
    if not rows["posts"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in statistics["rejects"].items()) or "no rows"
        raise UserError(f"{inputs}: no usable post ({reasons})")
    tokenizer = _tokenizer(results.of("tokenizer")[0], inputs)
    write_tokenizer(tokenizer, output=output)
    statistics["vocab_size"] = tokenizer.vocab_size
    statistics["boilerplate"] = boilerplate_lines(read_json(lines_path(output)))
    statistics["duplicates"]["mode"] = settings["near_duplicates"]
    statistics["suspicions"] = suspicions(statistics, vocab_size=_vocabulary_to_train(settings))
    write_json(f"{output}/stats.json", statistics)
    counts = dict(zip(COUNT_NAMES, (read, rows["posts"], rows["rejects"], rows["shards"]), strict=True))
    facts = {
        "settings": settings,
        "tokenizer_sha256": tokenizer.sha256,
        "labels": results.of("labels")[0],
        "counts": counts,
        "units": sorted(fingerprint for _, fingerprint, _ in units),
    }
    write_bytes(f"{output}/stats.html", statistics_page(statistics, manifest=facts).encode())
    card = posts_card(counts, [file["path"] for file in files], languages=statistics["posts_by_language"])
    write_bytes(f"{output}/{CARD}", card.encode())
    write_manifest(output, format_=DATASET_FORMAT, files=files, **facts)
    remove_leftovers(output, keep=(), among=[f"{WORK}/sample/**"])
    if not clean:
        return {"removed": 0}
    keep = [file["path"] for file in files] + _work_of_this_run(results, encoded)
    among = ("posts/**", "shards/**", "rejects/**", "duplicates/**", f"{WORK}/**")
    return {"removed": remove_leftovers(output, keep=keep, among=among)}


def _work_of_this_run(results: StepResults, encoded: list[dict[str, Any]]) -> list[str]:
    """Returns the files below `.work`, relative to the output, that spare a rerun the work of this run."""
    names = {name for step in ("units", "staged") for _, name, _ in results.of(step)}
    staged = [path for name in names for path in staged_files(results.output, name)]
    receipts = [path for _, path, _ in results.of("encoded")] + [path for path, _ in results.of("shards")]
    receipts += results.of("tokenizer")
    steps = [results.path(step) for step in STEPS] + [lines_path(results.output)]
    within = [path.removeprefix(f"{results.output}/") for path in [*staged, *receipts, *steps]]
    return [*within, *(receipt["encoded"] for receipt in encoded)]


def _vocabulary_to_train(settings: Mapping[str, Any]) -> int | None:
    """Returns the pieces that a tokenizer was to be trained with, None if the tokenizer was given."""
    return None if settings["tokenizer"] else int(settings["vocab_size"])


def _tokenizer(path: str, inputs: str) -> Tokenizer:
    """Reads the tokenizer that the units were encoded with."""
    if path == NO_TOKENIZER:
        raise UserError(f"{inputs}: no sentence to train a tokenizer on; give one with --tokenizer")
    with FileSystems.open(path) as file:
        return Tokenizer(file.read())


def log_findings(statistics: Mapping[str, Any], manifest: Mapping[str, Any], *, previous: PreviousRun) -> None:
    """Logs a line for each finding that the user should see, from a tokenizer that is small to pieces that are lost.

    Args:
        statistics: the content of stats.json.
        manifest: the content of the manifest.
        previous: the run that the folder held before.
    """
    asked, names = _vocabulary_to_train(manifest["settings"]), set(manifest["units"])
    if asked and statistics["vocab_size"] < asked:
        log.info("vocabulary of %d pieces: the posts fill no more of the %d asked for", statistics["vocab_size"], asked)
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
