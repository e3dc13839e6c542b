"""Reads the dataset that an earlier run with the same settings left in the folder, so that this run may extend it."""

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
    """The folder and manifest of the run before. The manifest is None if there is none, or if it is overwritten."""

    output: str
    manifest: Mapping[str, Any] | None

    def tokenizer(self) -> Tokenizer | None:
        """Reads the tokenizer of that run, None if it is missing, broken, or not the manifest's.

        A run keeps it, since with another one all posts would have to be encoded anew.
        """
        if self.manifest is None:
            return None
        try:
            with FileSystems.open(tokenizer_path(self.output)) as file:
                tokenizer = Tokenizer(file.read())
        except (FileNotFoundError, ValueError):
            return None
        if tokenizer.sha256 != self.manifest["tokenizer_sha256"]:
            return None
        log.info("the tokenizer is that of the earlier run; --retokenize trains it on the posts as they are now")
        return tokenizer

    def labels(self) -> Labels | None:
        """Returns the labels of that run, None if its manifest has none.

        A run keeps them, so that a condition id never changes its meaning.
        """
        return self.manifest.get("labels") if self.manifest else None

    def units(self) -> set[str]:
        """Returns the fingerprints of that run's units."""
        return set(self.manifest["units"]) if self.manifest else set()

    def posts_paths(self) -> list[str]:
        """Returns the paths of that run's intact posts files, whose posts keep their splits."""
        files = [file for file in self.manifest["files"] if file["path"].startswith("posts/")] if self.manifest else ()
        return [f"{self.output}/{file['path']}" for file in files if is_there(file, output=self.output)]


def earlier_run(output: str, settings: Mapping[str, Any], *, overwrite: bool) -> PreviousRun:
    """Reads what the run before left in the output folder.

    Raises:
        UserError: that run had other settings, or inputs that this one lacks, and `overwrite` is not given.
    """
    manifest = check_same_run(output, settings, overwrite=overwrite, may_grow=("inputs",), may_change=("until",))
    return PreviousRun(output=output, manifest=manifest)


def read_known(path: str) -> KnownPosts:
    """Reads the content hashes and splits of one posts file."""
    with FileSystems.open(path) as file:
        # read_table would scan with threads, and one may release the Python file after the interpreter's end and abort.
        table = pq.ParquetFile(file).read(columns=["content_sha256", "split"], use_threads=False)
    contents, splits = (table.column(name).to_pylist() for name in table.column_names)
    return KnownPosts.of(contents=contents, splits=splits)
