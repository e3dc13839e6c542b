"""First half of prepare: every unit's files read, cleaned, and staged below `.work`."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.clean.clean import clean
from pipelines.dedup.exact import PostKey
from pipelines.posts import EXCERPT_CHARACTERS, POSTS, REJECTS, VARIED_KINDS, RawPost, Reject, text_of
from pipelines.read.reader import read_posts
from pipelines.split import unit_interval
from pipelines.write.atomic import atomic_file, write_json
from pipelines.write.manifest import WORK
from pipelines.write.parquet import part
from tokenizer.protect import protect
from tokenizer.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.plan import WorkUnit
    from pipelines.posts import Block

POSITION = pa.field("position", pa.int64())
STAGED = pa.schema([*POSTS, POSITION])
STAGED_GROUP = 256
UNDATED = "9999"


@dataclass(frozen=True, kw_only=True)
class CleanSettings:
    """What the staged files follow from, beside the inputs."""

    columns: Mapping[str, str] | None
    sample_rate: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class StagedUnit:
    """A cleaned unit: its files below `.work`, and how many rows were read."""

    fingerprint: str
    keys: list[PostKey]


class CleanUnits(beam.PTransform):
    """WorkUnits to StagedUnits; a unit staged before is not read again."""

    def __init__(self, *, output: str, settings: CleanSettings) -> None:
        super().__init__()
        self.output, self.settings = output, settings

    def expand(self, units: Any) -> Any:
        """One element is one unit."""
        return units | "CleanUnit" >> beam.Map(clean_unit, output=self.output, settings=self.settings)


def receipt_path(output: str, fingerprint: str) -> str:
    """The receipt of a staged unit: there when the unit is whole."""
    return f"{output}/{WORK}/clean/{fingerprint}.json"


def staged_path(output: str, fingerprint: str, what: str) -> str:
    """`posts`, `rejects` (Parquet) or `sample` (text) of a staged unit."""
    suffix = "txt" if what == "sample" else "parquet"
    return f"{output}/{WORK}/clean/{fingerprint}-{what}.{suffix}"


def clean_unit(unit: WorkUnit, *, output: str, settings: CleanSettings) -> StagedUnit:
    """Reads, cleans and stages one unit. Safe to repeat: the same files come out."""
    if not FileSystems.exists(receipt_path(output, unit.fingerprint)):
        _stage(unit, output, settings)
    return StagedUnit(fingerprint=unit.fingerprint, keys=_keys(unit, output))


def _stage(unit: WorkUnit, output: str, settings: CleanSettings) -> None:
    counts: Counter[str] = Counter()
    posts_path, rejects_path, sample_path = (
        staged_path(output, unit.fingerprint, what).removeprefix(f"{output}/")
        for what in ("posts", "rejects", "sample")
    )
    files: list[dict[str, Any]] = []
    with (
        part(output, posts_path, STAGED, group_rows=STAGED_GROUP, files=files) as posts,
        part(output, rejects_path, REJECTS, group_rows=STAGED_GROUP, files=files) as rejects,
        atomic_file(f"{output}/{sample_path}") as (sample, _),
    ):
        for file in unit.files:
            for item in read_posts(file, columns=settings.columns):
                counts["read"] += 1
                taken = _clean_post(item) if isinstance(item, RawPost) else item
                if isinstance(taken, Reject):
                    rejects.write(asdict(taken))
                    continue
                row, blocks = taken
                posts.write(row)
                for sentence in _sample(blocks, settings):
                    sample.write(f"{sentence}\n".encode())
    write_json(receipt_path(output, unit.fingerprint), {"read": counts["read"], "files": files})


def _clean_post(post: RawPost) -> tuple[dict[str, Any], list[Block]] | Reject:
    blocks = clean(post.content)
    if not blocks:
        excerpt = post.content[:EXCERPT_CHARACTERS]
        return Reject(
            source=post.source,
            position=post.position,
            post_id=post.post_id,
            stage="clean",
            reason="no text after cleaning",
            excerpt=excerpt,
        )
    text = text_of(blocks)
    row = {
        "post_id": post.post_id,
        "source": post.source,
        "title": post.title,
        "author": post.author,
        "date": post.date,
        "category": list(post.category),
        "tags": list(post.tags),
        "text": text,
        "language": "",
        "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "blocks": [asdict(block) for block in blocks],
        "position": post.position,
    }
    return row, blocks


def _sample(blocks: list[Block], settings: CleanSettings) -> Iterator[str]:
    """The masked sentences that the tokenizer is trained on, drawn by hash."""
    for block in blocks:
        if block.kind in VARIED_KINDS:
            for sentence in split_sentences(block.text):
                if unit_interval(f"{settings.seed} sample {sentence}") < settings.sample_rate:
                    yield protect(sentence).masked


def _keys(unit: WorkUnit, output: str) -> list[PostKey]:
    columns = ["date", "source", "position", "content_sha256", "post_id"]
    with FileSystems.open(staged_path(output, unit.fingerprint, "posts")) as file:
        rows = pq.read_table(file, columns=columns).to_pylist()
    return [PostKey(**{**row, "date": row["date"] or UNDATED}, unit=unit.fingerprint) for row in rows]
