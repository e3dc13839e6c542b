"""The Beam steps of encode: they encode units of posts, average their cost, and score each unit against the average."""

from __future__ import annotations

import math
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.finished_units import tell_finished
from pipelines.beam.local_model import loaded_model
from pipelines.beam.to_list import ToList
from pipelines.encode.latent_rows import ANOMALY, encode_posts, posts_schema, segments_schema, with_anomaly
from pipelines.posts.posts_units import read_posts
from pipelines.posts.schemas import REJECTS_SCHEMA
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import WORK
from pipelines.write.parquet import parquet_part
from pipelines.write.receipts import fingerprint, is_done

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    import pyarrow as pa

    from pipelines.posts.post import Reject
    from pipelines.posts.posts_units import PostsUnit
    from pipelines.write.parquet import PartWriter

LATENT_GROUP_ROWS = 1024
SEGMENTS_TABLE, POSTS_TABLE = "segments", "posts"
TABLE_FOLDERS = {SEGMENTS_TABLE: "", POSTS_TABLE: "posts/"}
"""The folder of each table's parts below the output."""


class EncodeLatents(beam.PTransform):
    """Turns PostsUnits into paths of receipts. A unit that was encoded before is not encoded again."""

    def __init__(self, *, output: str, model: str, seed: int) -> None:
        super().__init__()
        self.output, self.model, self.seed = output, model, seed

    def expand(self, units: Any) -> Any:
        """Takes one element for each unit."""
        return units | "EncodeUnit" >> beam.Map(encode_posts_unit, output=self.output, model=self.model, seed=self.seed)


class MeanNats(beam.PTransform):
    """Turns the receipts of all units into the corpus's nats per piece, which are 0 if there is no piece."""

    def expand(self, encoded: Any) -> Any:
        """Adds the sums of all receipts up."""
        return encoded | "Sums" >> beam.Map(read_json) | "All" >> ToList() | "Mean" >> beam.Map(mean_nats)


class ScoreLatents(beam.PTransform):
    """Turns receipts of encoded units into receipts of parts with anomalies, scored against the corpus's mean."""

    def __init__(self, *, output: str, nats_per_piece: Any) -> None:
        super().__init__()
        self.output, self.nats_per_piece = output, nats_per_piece

    def expand(self, encoded: Any) -> Any:
        """Takes one element for each unit."""
        mean = beam.pvalue.AsSingleton(self.nats_per_piece)
        return encoded | "ScoreUnit" >> beam.Map(score_unit, output=self.output, nats_per_piece=mean)


def unit_receipt(output: str, name: str) -> str:
    """The path of an encoded unit's receipt, which exists once its tables are complete."""
    return f"{output}/{WORK}/encoded/{name}.json"


def encoded_paths(name: str) -> list[str]:
    """The paths of an encoded unit's receipt and tables below the output."""
    return [f"{WORK}/encoded/{name}.json", *(_encoded_path(name, table) for table in TABLE_FOLDERS)]


def encode_posts_unit(unit: PostsUnit, *, output: str, model: str, seed: int) -> str:
    """Encodes one unit's posts, writes its tables, and then its receipt. Safe to repeat."""
    receipt = unit_receipt(output, unit.fingerprint)
    if not _is_encoded(receipt, unit.fingerprint, output=output):
        started = time.perf_counter()
        encoded = _encode(unit, output, model, seed)
        write_json(receipt, encoded)
        seconds = round(time.perf_counter() - started, 3)
        tell_finished(unit.fingerprint, "encoded", encoded["counts"], seconds=seconds)
    return receipt


def _is_encoded(receipt: str, name: str, *, output: str) -> bool:
    """Whether the unit's receipt, rejects and tables exist."""
    tables = (f"{output}/{_encoded_path(name, table)}" for table in TABLE_FOLDERS)
    return is_done(receipt, output=output) and all(map(FileSystems.exists, tables))


def _encode(unit: PostsUnit, output: str, model: str, seed: int) -> dict[str, Any]:
    loaded = loaded_model(model)
    width = loaded.module.slots * loaded.module.dim
    counts: Counter[str] = Counter()
    nats: list[float] = []
    rejected: list[Reject] = []
    with ExitStack() as stack:
        segments, posts = (
            stack.enter_context(_part(output, _encoded_path(unit.fingerprint, table), schema, files=[]))
            for table, schema in ((SEGMENTS_TABLE, segments_schema(width)), (POSTS_TABLE, posts_schema(width)))
        )
        for run in encode_posts(read_posts(unit), loaded, seed=seed):
            segments.write_table(run.segments)
            posts.write_table(run.posts)
            rejected += run.rejects
            nats += run.segments["nll"].to_pylist()
            counts["pieces"] += sum(run.segments["length"].to_pylist())
        counts.update(segments=segments.count, posts=posts.count)
    counts.update(f"rejected_{reject.stage}s" for reject in rejected)
    files: list[dict[str, Any]] = []
    if rejected:
        path = f"rejects/part-{unit.fingerprint}.parquet"
        with parquet_part(output, path, REJECTS_SCHEMA, group_rows=LATENT_GROUP_ROWS, files=files) as rejects:
            for reject in rejected:
                rejects.write(asdict(reject))
    return {"files": files, "counts": counts, "nats": math.fsum(nats)}


def mean_nats(receipts: Iterable[dict[str, Any]]) -> float:
    """The nats per piece over all units, whatever their order."""
    units = list(receipts)
    pieces = sum(unit["counts"]["pieces"] for unit in units)
    return math.fsum(unit["nats"] for unit in units) / pieces if pieces else 0.0


def score_unit(receipt: str, *, output: str, nats_per_piece: float) -> str:
    """Copies one unit's tables with a column of anomalies, and then writes their receipt. Safe to repeat."""
    unit = receipt.rpartition("/")[2].removesuffix(".json")
    name = fingerprint([unit, nats_per_piece])
    scored = f"{output}/{WORK}/scored/{name}.json"
    if not is_done(scored, output=output):
        encoded = read_json(receipt)
        files = list(encoded["files"])
        for table, folder in TABLE_FOLDERS.items():
            with FileSystems.open(f"{output}/{_encoded_path(unit, table)}") as stream:
                source = pq.ParquetFile(stream)
                schema = source.schema_arrow.append(ANOMALY)
                with _part(output, f"{folder}part-{name}.parquet", schema, files=files) as rows:
                    for group in range(source.num_row_groups):
                        rows.write_table(
                            with_anomaly(source.read_row_group(group, use_threads=False), nats_per_piece=nats_per_piece)
                        )
        write_json(scored, {**encoded, "files": files})
    return scored


def _encoded_path(unit: str, table: str) -> str:
    return f"{WORK}/encoded/{unit}.{table}.parquet"


def _part(
    output: str, path: str, schema: pa.Schema, *, files: list[dict[str, Any]]
) -> AbstractContextManager[PartWriter]:
    # Numbers that hardly ever repeat need no dictionary, and compress better with byte streams split.
    options = {"use_dictionary": ["post_id"], "use_byte_stream_split": ["mean.list.element", "std.list.element"]}
    return parquet_part(output, path, schema, group_rows=LATENT_GROUP_ROWS, files=files, **options)
