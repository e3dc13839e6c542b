"""The second half of prepare: writes the staged posts that stay, the rejects, and the posts' piece ids."""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.io.filesystems import FileSystems

from pipelines.dataset.apply_decisions import DUPLICATES, Applied, Decided
from pipelines.dataset.number_labels import condition_ids
from pipelines.dataset.pieces_writer import PiecesWriter, encoded_schema
from pipelines.dataset.post_counts import count_words
from pipelines.dataset.staged_posts import read_staged, staged_path
from pipelines.dataset.statistics import COUNTED, EXAMPLES
from pipelines.dataset.train_tokenizer import NO_TOKENIZER
from pipelines.posts.post import CODE, site_of
from pipelines.posts.schemas import POSTS_SCHEMA, REJECTS_SCHEMA
from pipelines.posts.varied_text import split_marker
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import WORK
from pipelines.write.parquet import parquet_part
from pipelines.write.receipts import fingerprint, is_done
from tokenizer.tokenizer import Tokenizer

if TYPE_CHECKING:
    from pipelines.dataset.merge_shards import EncodedUnit
    from pipelines.dataset.name_places import DecidedUnit
    from pipelines.dataset.number_labels import Labels
    from pipelines.write.parquet import PartWriter

POSTS_GROUP: Final = 64
"""Posts in a row group, which augment takes as one unit of work."""

_REPEATED: Final = (
    *("source", "author", "date", "category.list.element", "tags.list.element", "language", "split"),
    *("blocks.list.element.kind", "stage", "reason"),
)
"""Columns whose values repeat, and which are therefore written with a dictionary."""

_REJECTS_GROUP: Final = 1024
_INPUT_PIECES: Final = 1 << 16


@dataclass(frozen=True, kw_only=True)
class EncodeSettings:
    """The settings that decide what the encoded files contain, besides the posts, the tokenizer and the labels."""

    max_len: int
    unit: str
    seed: int
    near_duplicates: str


class EncodeUnits(beam.PTransform):
    """Turns DecidedUnits into (number, path of the receipt, the receipt) of each unit.

    `tokenizer` and `labels` are collections of one path and of one Labels.
    """

    def __init__(self, *, output: str, settings: EncodeSettings, tokenizer: Any, labels: Any) -> None:
        super().__init__()
        self.output, self.settings, self.tokenizer, self.labels = output, settings, tokenizer, labels

    def expand(self, units: Any) -> Any:
        """Encodes the units, one element each."""
        return units | "EncodeUnit" >> beam.Map(
            encode_unit,
            output=self.output,
            settings=self.settings,
            tokenizer_path=beam.pvalue.AsSingleton(self.tokenizer),
            labels=beam.pvalue.AsSingleton(self.labels),
        )


def encode_unit(
    unit: DecidedUnit,
    *,
    output: str,
    settings: EncodeSettings,
    tokenizer_path: str,
    labels: Labels,
) -> EncodedUnit:
    """Writes one unit's files and, last, its receipt. A repeated call writes the same files."""
    (number, staged), (decisions, names) = unit
    decided = Decided(decisions, drop_near=settings.near_duplicates == "drop", names=names)
    tokenizer = _tokenizer(tokenizer_path) if tokenizer_path != NO_TOKENIZER else None
    facts = [staged, tokenizer and tokenizer.sha256, asdict(settings), labels, decided.facts()]
    name = fingerprint(facts)
    receipt = f"{output}/{WORK}/encoded/{name}.json"
    if not is_done(receipt, output=output):
        write_json(receipt, _Unit(output, staged, name, settings, labels).write(decided, tokenizer))
        gc.collect()  # a unit leaves few reference cycles, but they hold much memory
    return number, receipt, read_json(receipt)


@lru_cache(maxsize=2)
def _tokenizer(path: str) -> Tokenizer:
    with FileSystems.open(path) as file:
        return Tokenizer(file.read())


class _Unit:
    """Writes the files of one unit and counts what its receipt reports."""

    def __init__(self, output: str, staged: str, name: str, settings: EncodeSettings, labels: Labels) -> None:
        self.output, self.staged, self.name, self.settings, self.labels = output, staged, name, settings, labels
        self.files: list[dict[str, Any]] = []
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
        self.examples: dict[str, list[dict[str, Any]]] = {}
        self.front_matter_errors = 0

    def write(self, decided: Decided, tokenizer: Tokenizer | None) -> dict[str, Any]:
        """Writes all files of the unit, and returns its receipt."""
        encoded = f"{WORK}/encoded/{self.name}.parquet"
        wide = tokenizer is not None and tokenizer.vocab_size > 1 << 16
        with ExitStack() as stack:
            posts, rejects, listed = (
                _PartIfAny(stack, self._part(folder, schema, group))
                for folder, schema, group in (
                    ("posts", POSTS_SCHEMA, POSTS_GROUP),
                    ("rejects", REJECTS_SCHEMA, _REJECTS_GROUP),
                    ("duplicates", DUPLICATES, _REJECTS_GROUP),
                )
            )
            schema = encoded_schema(wide=wide)
            pieces = tokenizer and PiecesWriter(
                stack.enter_context(parquet_part(self.output, encoded, schema, group_rows=_INPUT_PIECES, files=[])),
                tokenizer=tokenizer,
                max_len=self.settings.max_len,
                unit=self.settings.unit,
            )
            for batch in read_staged(staged_path(self.output, self.staged, "rejects")):
                self._reject(rejects, batch.to_pylist())
            first_row = 0
            for batch in read_staged(staged_path(self.output, self.staged, "posts")):
                applied = decided.apply(pa.Table.from_batches([batch]), first_row=first_row, seed=self.settings.seed)
                first_row += len(batch)
                self._reject(rejects, applied.rejects)
                for row in applied.listed:
                    listed.write(row)
                self._write_posts(posts, applied)
                if pieces:
                    _encode(pieces, applied, self.labels)
            if pieces:
                pieces.flush()
                self.counts["totals"].update(pieces.totals)
                self.counts["segment_pieces"].update(pieces.segment_pieces)
        self.counts["duplicates"].update(decided.counts())
        counts = {name: dict(sorted(count.items())) for name, count in self.counts.items()}
        groups = pieces.groups if pieces else []
        return {
            "files": self.files,
            "encoded": encoded,
            "wide": wide,
            "groups": groups,
            "segments": sum(rows for _, _, rows in groups),
            "largest_cluster": decided.largest(),
            "front_matter_errors": self.front_matter_errors,
            "reject_examples": self.examples,
            **counts,
        }

    def _part(self, folder: str, schema: pa.Schema, group_rows: int) -> Any:
        path = f"{folder}/part-{self.name}.parquet"
        dictionary = [name for name in _REPEATED if name.partition(".")[0] in schema.names]
        return parquet_part(
            self.output, path, schema, group_rows=group_rows, files=self.files, use_dictionary=dictionary
        )

    def _reject(self, rejects: _PartIfAny, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.counts["rejects"][row["reason"]] += 1
            shown = self.examples.setdefault(row["reason"], [])
            if len(shown) < EXAMPLES:
                shown.append({name: value for name, value in row.items() if name not in {"stage", "reason"}})
            rejects.write(row)

    def _write_posts(self, posts: _PartIfAny, applied: Applied) -> None:
        table = applied.posts
        for start in range(0, len(table), POSTS_GROUP):
            posts.write_table(table.slice(start, POSTS_GROUP))
        columns = {name: table.column(name).to_pylist() for name in ("split", "source", "language", "date")}
        places = zip(columns["source"], applied.positions, strict=True)
        self.counts["posts_by_split"].update(columns["split"])
        self.counts["posts_by_source"].update(site_of(*place) for place in places)
        self.counts["posts_by_language"].update(columns["language"])
        self.counts["posts_by_month"].update(date[:7] for date in columns["date"])
        self.front_matter_errors += sum(map(bool, table.column("front_matter_error").to_pylist()))
        words = count_words(table.column("text"))
        self.counts["totals"]["words"] += sum(words)
        self.counts["totals"].update(_characters(table))
        self.counts["post_words"].update(f"{1 << max(0, count - 1).bit_length():05d}" for count in words)


def _characters(table: pa.Table) -> dict[str, int]:
    """Returns the number of characters in the posts' blocks, and in those of them that are code."""
    blocks = pc.list_flatten(table.column("blocks").combine_chunks())
    lengths = pc.utf8_length(pc.struct_field(blocks, "text"))
    code_lengths = pc.filter(lengths, pc.equal(pc.struct_field(blocks, "kind"), CODE))
    return {"characters_read": pc.sum(lengths).as_py() or 0, "characters_code": pc.sum(code_lengths).as_py() or 0}


class _PartIfAny:
    """A Parquet file that is created when its first row comes, so that no file is empty."""

    def __init__(self, stack: ExitStack, part: Any) -> None:
        self._stack, self._part = stack, part
        self._writer: PartWriter | None = None

    def write(self, row: dict[str, Any]) -> None:
        """Adds a row."""
        self._opened().write(row)

    def write_table(self, table: pa.Table) -> None:
        """Adds rows as a row group."""
        self._opened().write_table(table)

    def _opened(self) -> PartWriter:
        if self._writer is None:
            self._writer = self._stack.enter_context(self._part)
        return self._writer


def _encode(pieces: PiecesWriter, applied: Applied, labels: Labels) -> None:
    texts = [[text for text in (split_marker(block)[1] for block in blocks) if text] for blocks in applied.blocks]
    ids, splits = (applied.posts.column(name).to_pylist() for name in ("post_id", "split"))
    pieces.write(texts, post_ids=ids, splits=splits, conditions=condition_ids(applied.posts, labels))
