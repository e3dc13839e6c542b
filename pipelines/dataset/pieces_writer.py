"""Writes the piece ids of a unit's posts in row groups of one split and bucket each, which MergeShards merges."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from pipelines.dataset.merge_shards import rows_in_group
from pipelines.posts.split import SPLITS
from tokenizer.segments import cut_ids, truncate_ids
from tokenizer.tokenizer import EOS
from vae.data.dataset import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipelines.write.parquet import PartWriter
    from tokenizer.segments import Pieces
    from tokenizer.tokenizer import Tokenizer

_BUCKETS: Final = 4
"""Number of padded widths: each is a multiple of a quarter of max_len."""


class PiecesWriter:
    """Encodes the texts of posts and writes their pieces.

    groups: (split, bucket, rows) of each row group written; totals: counts of words, characters and pieces;
    segment_pieces: segments by bucket.
    """

    def __init__(self, part: PartWriter, *, tokenizer: Tokenizer, max_len: int, unit: str) -> None:
        self.groups: list[tuple[str, int, int]] = []
        self.totals: Counter[str] = Counter()
        self.segment_pieces: Counter[str] = Counter()
        self._part, self._tokenizer, self._max_len, self._unit = part, tokenizer, max_len, unit
        self._wide = tokenizer.vocab_size > 1 << 16
        self._waiting: dict[tuple[str, int], pa.Table] = {}

    def write(
        self,
        posts: Sequence[Sequence[str]],
        *,
        post_ids: Sequence[str],
        splits: Sequence[str],
        conditions: Mapping[str, NDArray[np.uint16]],
    ) -> None:
        """Adds posts, each given as its texts that may be varied; `conditions`: uint16 (posts) by column of LABELS."""
        pieces, owners = self._encoded(posts)
        lengths = pieces.lengths + 1
        firsts = np.searchsorted(owners, owners, side="left")
        buckets = bucket_of(lengths, self._max_len)
        split_codes = np.array([SPLITS.index(split) for split in splits], np.int64)[owners]
        table = pa.table(
            {
                "post_id": pa.array(post_ids, pa.string()).take(pa.array(owners)),
                "segment": pa.array(np.arange(len(owners)) - firsts, pa.int32()),
                "input_ids": pa.ListArray.from_arrays(
                    pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32()),
                    pa.array(_ended(pieces).astype(np.int32 if self._wide else np.uint16)),
                ),
                "length": pa.array(lengths, pa.uint16()),
                **{label: pa.array(conditions[label][owners]) for label in LABELS},
            }
        )
        keys = split_codes * (self._max_len + 1) + buckets
        for key in np.unique(keys).tolist():
            split, bucket = divmod(key, self._max_len + 1)
            rows = table.filter(pa.array(keys == key))
            self.segment_pieces[f"{bucket:05d}"] += len(rows)
            self._add(SPLITS[split], bucket, rows)

    def flush(self) -> None:
        """Writes the rows that still wait for a full row group."""
        for key in sorted(self._waiting):
            self._write(*key, self._waiting[key])
        self._waiting = {}

    def _encoded(self, posts: Sequence[Sequence[str]]) -> tuple[Pieces, NDArray[np.int64]]:
        """Returns the pieces of the segments, and the index of each segment's post."""
        if self._unit == "post":
            texts = [" ".join(texts) for texts in posts]
            pieces = truncate_ids(texts, tokenizer=self._tokenizer, max_len=self._max_len)
            owners = pieces.texts
        else:
            texts = [text for texts in posts for text in texts]
            pieces = cut_ids(texts, tokenizer=self._tokenizer, max_len=self._max_len)
            owners = np.repeat(np.arange(len(posts)), [len(texts) for texts in posts])[pieces.texts]
        counts = pieces.counts
        self.totals.update(
            words_varied=counts.words,
            characters=counts.characters,
            characters_uncovered=counts.uncovered,
            pieces=counts.pieces,
            pieces_unknown=counts.unknown,
            pieces_truncated=counts.lost if self._unit == "post" else 0,
            pieces_of_words_too_long=0 if self._unit == "post" else counts.lost,
            words_too_long=len(pieces.too_long),
        )
        return pieces, owners

    def _add(self, split: str, bucket: int, rows: pa.Table) -> None:
        before = self._waiting.get((split, bucket))
        waiting = rows if before is None else pa.concat_tables([before, rows])
        size = rows_in_group(bucket, wide=self._wide)
        while len(waiting) >= size:
            self._write(split, bucket, waiting.slice(0, size))
            waiting = waiting.slice(size)
        self._waiting[split, bucket] = waiting

    def _write(self, split: str, bucket: int, rows: pa.Table) -> None:
        if len(rows):
            self._part.write_table(rows)
            self.groups.append((split, bucket, len(rows)))


def bucket_of(lengths: NDArray[np.int64], max_len: int) -> NDArray[np.int64]:
    """Returns for each length the smallest bucket that holds it: a multiple of a quarter of max_len, or max_len."""
    width = -(-max_len // _BUCKETS)
    return np.minimum(max_len, -(-lengths // width) * width)


def _ended(pieces: Pieces) -> NDArray[np.int64]:
    """Returns the ids with an end marker behind each segment."""
    ends = np.cumsum(pieces.lengths)
    return np.insert(pieces.ids, ends, EOS)


def encoded_schema(*, wide: bool) -> pa.Schema:
    """Returns the columns of a unit's encoded file: those of a shard, with lists of ids that are not padded."""
    return pa.schema(
        [
            pa.field("post_id", pa.string()),
            pa.field("segment", pa.int32()),
            pa.field("input_ids", pa.list_(pa.int32() if wide else pa.uint16())),
            pa.field("length", pa.uint16()),
            *(pa.field(label, pa.uint16()) for label in LABELS),
        ]
    )
