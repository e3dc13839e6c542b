"""The dataset that a folder holds from an earlier run with the same settings, which this run may let grow."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.dataset.train_tokenizer import tokenizer_path
from pipelines.dedup.keys import KnownPosts
from pipelines.write.manifest import check_same_run
from pipelines.write.receipts import is_there
from tokenizer.tokenizer import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.dataset.number_labels import Labels

log = logging.getLogger("blogvae")


@dataclass(frozen=True, kw_only=True)
class PreviousRun:
    """The earlier run's folder and manifest; no manifest where there is none, or one of other settings."""

    output: str
    manifest: Mapping[str, Any] | None

    def tokenizer(self) -> Tokenizer | None:
        """The tokenizer it trained: kept, since another one would mean that all posts are encoded anew."""
        if self.manifest is None:
            return None
        try:
            with FileSystems.open(tokenizer_path(self.output)) as file:
                tokenizer = Tokenizer(file.read())
        except (OSError, ValueError):
            return None
        if tokenizer.sha256 != self.manifest["tokenizer_sha256"]:
            return None
        log.info("the tokenizer is that of the earlier run; --retokenize trains it on the posts as they are now")
        return tokenizer

    def labels(self) -> Labels | None:
        """Its labels: kept, lest a condition id mean two things; None of a dataset made before there were any."""
        return self.manifest.get("labels") if self.manifest else None

    def units(self) -> set[str]:
        """The fingerprints of its units."""
        return set(self.manifest["units"]) if self.manifest else set()

    def posts_paths(self) -> list[str]:
        """Its posts files that are still there, whose posts keep their splits."""
        files = [file for file in self.manifest["files"] if file["path"].startswith("posts/")] if self.manifest else ()
        return [f"{self.output}/{file['path']}" for file in files if is_there(file, output=self.output)]


def earlier_run(output: str, settings: Mapping[str, Any], *, overwrite: bool) -> PreviousRun:
    """What the folder holds.

    Raises:
        UserError: the output of a run with other settings, or of inputs that are not all among these, unless
            `overwrite`.
    """
    manifest = check_same_run(output, settings, overwrite=overwrite, may_grow=("inputs",), may_change=("until",))
    return PreviousRun(output=output, manifest=manifest)


def read_known(path: str) -> KnownPosts:
    """The contents and splits of one posts file."""
    with FileSystems.open(path) as file:
        # Not read_table: its scanner's threads may let go of a Python file when the interpreter is gone, and abort.
        table = pq.ParquetFile(file).read(columns=["content_sha256", "split"], use_threads=False)
    contents, splits = (table.column(name).to_pylist() for name in table.column_names)
    return KnownPosts.of(contents=contents, splits=splits)
