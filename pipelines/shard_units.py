"""Second half of prepare: staged posts without their duplicates, written as posts, shards and rejects."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.clean_units import staged_path
from pipelines.plan import fingerprint
from pipelines.posts import EXCERPT_CHARACTERS, POSTS, REJECTS, Block, Reject
from pipelines.split import split_of
from pipelines.statistics import COUNTED
from pipelines.varied_text import split_marker
from pipelines.write.atomic import write_json
from pipelines.write.manifest import WORK
from pipelines.write.parquet import PartWriter, part
from tokenizer.protect import protect
from tokenizer.segments import cut
from tokenizer.tokenizer import EOS, PAD, UNK, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.dedup.exact import Decision

POSTS_GROUP = 64
"""Posts in a row group: what augment takes as one unit of work."""

SHARD_GROUP = 4096
BUCKETS = 4
"""Padded widths: quarters of max_len."""

NO_TOKENIZER = ""


@dataclass(frozen=True, kw_only=True)
class ShardSettings:
    """What the shards follow from, beside the posts and the tokenizer."""

    max_len: int
    unit: str
    seed: int


class WriteShards(beam.PTransform):
    """(fingerprint, {staged, decisions}) and the tokenizer's path to paths of receipts."""

    def __init__(self, *, output: str, settings: ShardSettings, tokenizer: Any) -> None:
        super().__init__()
        self.output, self.settings, self.tokenizer = output, settings, tokenizer

    def expand(self, units: Any) -> Any:
        """One element is one unit."""
        return units | "WriteUnit" >> beam.Map(
            write_unit,
            output=self.output,
            settings=self.settings,
            tokenizer_path=beam.pvalue.AsSingleton(self.tokenizer),
        )


def write_unit(
    unit: tuple[str, dict[str, Iterable[Any]]], *, output: str, settings: ShardSettings, tokenizer_path: str
) -> str:
    """Writes one unit's parts and, last, its receipt, whose path it returns. Safe to repeat."""
    staged, parts = unit
    decisions = sorted((each for batch in parts["decisions"] for each in batch), key=repr)
    tokenizer = _tokenizer(tokenizer_path) if tokenizer_path != NO_TOKENIZER else None
    facts = [staged, tokenizer and tokenizer.sha256, asdict(settings), [asdict(decision) for decision in decisions]]
    name = fingerprint(facts)
    receipt = f"{output}/{WORK}/shards/{name}.json"
    if not FileSystems.exists(receipt):
        write_json(receipt, _Unit(output, staged, name, settings, tokenizer).write(decisions))
    return receipt


@cache
def _tokenizer(path: str) -> Tokenizer:
    with FileSystems.open(path) as file:
        return Tokenizer(file.read())


class _Unit:
    """One unit on its way out."""

    def __init__(
        self, output: str, staged: str, name: str, settings: ShardSettings, tokenizer: Tokenizer | None
    ) -> None:
        self.output, self.staged, self.name = output, staged, name
        self.settings, self.tokenizer = settings, tokenizer
        self.files: list[dict[str, Any]] = []
        self.counts: dict[str, Counter[str]] = {each: Counter() for each in COUNTED}

    def write(self, decisions: list[Decision]) -> dict[str, Any]:
        """All parts of the unit; what its receipt says."""
        duplicates = {(d.source, d.position): d.duplicate_of for d in decisions if d.duplicate_of}
        renamed = {(d.source, d.position): d.post_id for d in decisions if d.post_id}
        with ExitStack() as stack:
            posts = stack.enter_context(self._part("posts", POSTS, POSTS_GROUP))
            rejects = stack.enter_context(self._part("rejects", REJECTS, SHARD_GROUP))
            for row in self._rows("rejects"):
                self._reject(rejects, row)
            shards: dict[tuple[str, int], PartWriter] = {}
            for row in self._rows("posts"):
                place = (row["source"], row.pop("position"))
                row["post_id"] = renamed.get(place, row["post_id"])
                if place in duplicates:
                    self._reject(rejects, asdict(_duplicate(row, place, duplicates[place])))
                    continue
                posts.write(row)
                split = split_of(row["content_sha256"], seed=self.settings.seed)
                self.counts["posts_by_split"][split] += 1
                self.counts["posts_by_source"][_source_group(row["source"])] += 1
                self._count_words(row)
                for bucket, shard_row in self._shard_rows(row):
                    if (split, bucket) not in shards:
                        folder = f"shards/split={split}/bucket={bucket}"
                        writer = self._part(folder, shard_schema(bucket, self.tokenizer), SHARD_GROUP)
                        shards[split, bucket] = stack.enter_context(writer)
                    shards[split, bucket].write(shard_row)
        return {"files": self.files, **{name: dict(sorted(count.items())) for name, count in self.counts.items()}}

    def _part(self, folder: str, schema: pa.Schema, group_rows: int) -> Any:
        path = f"{folder}/part-{self.name}.parquet"
        return part(self.output, path, schema, group_rows=group_rows, files=self.files)

    def _rows(self, what: str) -> Iterator[dict[str, Any]]:
        with FileSystems.open(staged_path(self.output, self.staged, what)) as file:
            for batch in pq.ParquetFile(file).iter_batches():
                yield from batch.to_pylist()

    def _reject(self, rejects: PartWriter, row: dict[str, Any]) -> None:
        self.counts["rejects"][row["reason"]] += 1
        rejects.write(row)

    def _count_words(self, row: dict[str, Any]) -> None:
        words = len(row["text"].split())
        self.counts["totals"]["words"] += words
        self.counts["post_words"][f"{1 << max(0, words - 1).bit_length():05d}"] += 1

    def _shard_rows(self, row: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
        """(bucket, row) of each segment, or of the whole post cut off at max_len."""
        if self.tokenizer is None:
            return
        words = [text for text in (split_marker(Block(**block))[1] for block in row["blocks"]) if text]
        self.counts["totals"]["words_varied"] += sum(len(text.split()) for text in words)
        for segment, ids in enumerate(self._pieces(words)):
            self.counts["totals"]["pieces"] += len(ids)
            self.counts["totals"]["unknown_pieces"] += ids.count(UNK)
            kept = ids[: self.settings.max_len - 1]
            self.counts["totals"]["pieces_truncated"] += len(ids) - len(kept)
            bucket = bucket_of(len(kept) + 1, self.settings.max_len)
            self.counts["segment_pieces"][f"{bucket:05d}"] += 1
            padded = [*kept, EOS, *[PAD] * (bucket - len(kept) - 1)]
            yield bucket, {"post_id": row["post_id"], "segment": segment, "input_ids": padded, "length": len(kept) + 1}

    def _pieces(self, words: list[str]) -> Iterator[list[int]]:
        if self.tokenizer is None:
            return
        if self.settings.unit == "post":
            yield from self.tokenizer.encode([protect(" ".join(words)).masked] if words else [])
            return
        for text in cut(words, tokenizer=self.tokenizer, max_len=self.settings.max_len):
            for segment in text:
                if segment.ids:
                    yield list(segment.ids)
                else:
                    self.counts["totals"]["words_too_long"] += 1


def bucket_of(length: int, max_len: int) -> int:
    """The smallest bucket, a quarter of max_len or a multiple of it, that holds `length` pieces."""
    width = -(-max_len // BUCKETS)
    return min(max_len, -(-length // width) * width)


def shard_schema(bucket: int, tokenizer: Tokenizer | None) -> pa.Schema:
    """Columns of a shard: uint16 ids where the vocabulary fits, int32 where not."""
    piece = pa.int32() if tokenizer is not None and tokenizer.vocab_size > 1 << 16 else pa.uint16()
    return pa.schema(
        [
            pa.field("post_id", pa.string()),
            pa.field("segment", pa.int32()),
            pa.field("input_ids", pa.list_(piece, bucket)),
            pa.field("length", pa.uint16()),
        ]
    )


def _source_group(source: str) -> str:
    """An export by its name, a text file by its folder."""
    return source if source.lower().endswith((".csv", ".tsv")) else source.rpartition("/")[0] or "."


def _duplicate(row: dict[str, Any], place: tuple[str, int], first: str) -> Reject:
    return Reject(
        source=place[0],
        position=place[1],
        post_id=row["post_id"],
        stage="dedup",
        reason="exact duplicate",
        value=first,
        excerpt=row["text"][:EXCERPT_CHARACTERS],
    )
