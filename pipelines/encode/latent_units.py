"""The Beam steps of encode: units of posts to latents, and then, the corpus's mean cost known, to anomalies."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems
from apache_beam.transforms.combiners import ToList

from pipelines.beam.local_model import loaded_model
from pipelines.encode.latent_rows import ANOMALY, encode_posts, posts_schema, segments_schema, with_anomaly
from pipelines.posts.post import REJECTS
from pipelines.posts.units import read_posts
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import WORK
from pipelines.write.parquet import part
from pipelines.write.receipts import fingerprint, is_done

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    import pyarrow as pa

    from pipelines.posts.post import Reject
    from pipelines.posts.units import PostsUnit
    from pipelines.write.parquet import PartWriter

GROUP_ROWS = 1024
SEGMENTS, POSTS = "segments", "posts"
FOLDERS = {SEGMENTS: "", POSTS: "posts/"}
"""Where the parts of each table lie below the output."""


class EncodeLatents(beam.PTransform):
    """PostsUnits to paths of receipts; a unit encoded before is not encoded again."""

    def __init__(self, *, output: str, model: str, seed: int) -> None:
        super().__init__()
        self.output, self.model, self.seed = output, model, seed

    def expand(self, units: Any) -> Any:
        """One element is one unit."""
        return units | "EncodeUnit" >> beam.Map(encode_unit, output=self.output, model=self.model, seed=self.seed)


class MeanNats(beam.PTransform):
    """Receipts of all units to the corpus's nats per piece; 0 where there is no piece."""

    def expand(self, encoded: Any) -> Any:
        """Each receipt holds two sums."""
        return encoded | "Sums" >> beam.Map(read_json) | "All" >> ToList() | "Mean" >> beam.Map(mean_nats)


class ScoreLatents(beam.PTransform):
    """Receipts of encoded units to receipts of their parts with anomalies, against the mean of the whole corpus."""

    def __init__(self, *, output: str, nats_per_piece: Any) -> None:
        super().__init__()
        self.output, self.nats_per_piece = output, nats_per_piece

    def expand(self, encoded: Any) -> Any:
        """One element is one unit."""
        mean = beam.pvalue.AsSingleton(self.nats_per_piece)
        return encoded | "ScoreUnit" >> beam.Map(score_unit, output=self.output, nats_per_piece=mean)


def unit_receipt(output: str, name: str) -> str:
    """The receipt of an encoded unit: there when its tables are whole."""
    return f"{output}/{WORK}/encoded/{name}.json"


def encoded_paths(name: str) -> list[str]:
    """What an encoded unit leaves below the output: its receipt and tables."""
    return [f"{WORK}/encoded/{name}.json", *(_encoded_path(name, table) for table in FOLDERS)]


def encode_unit(unit: PostsUnit, *, output: str, model: str, seed: int) -> str:
    """Encodes one unit's posts and writes its tables and, last, its receipt. Safe to repeat."""
    receipt = unit_receipt(output, unit.fingerprint)
    if not _is_encoded(receipt, unit.fingerprint, output=output):
        write_json(receipt, _encode(unit, output, model, seed))
    return receipt


def _is_encoded(receipt: str, name: str, *, output: str) -> bool:
    """Whether the unit's receipt, rejects and tables are there."""
    tables = (f"{output}/{_encoded_path(name, table)}" for table in FOLDERS)
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
            for table, schema in ((SEGMENTS, segments_schema(width)), (POSTS, posts_schema(width)))
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
        with part(output, path, REJECTS, group_rows=GROUP_ROWS, files=files) as rejects:
            for reject in rejected:
                rejects.write(asdict(reject))
    return {"files": files, "counts": counts, "nats": math.fsum(nats)}


def mean_nats(receipts: Iterable[dict[str, Any]]) -> float:
    """Nats per piece over all units; the order of the units makes no difference."""
    units = list(receipts)
    pieces = sum(unit["counts"]["pieces"] for unit in units)
    return math.fsum(unit["nats"] for unit in units) / pieces if pieces else 0.0


def score_unit(receipt: str, *, output: str, nats_per_piece: float) -> str:
    """Copies one unit's tables with a column of anomalies and writes, last, their receipt. Safe to repeat."""
    unit = receipt.rpartition("/")[2].removesuffix(".json")
    name = fingerprint([unit, nats_per_piece])
    scored = f"{output}/{WORK}/scored/{name}.json"
    if not is_done(scored, output=output):
        encoded = read_json(receipt)
        files = list(encoded["files"])
        for table, folder in FOLDERS.items():
            with FileSystems.open(f"{output}/{_encoded_path(unit, table)}") as stream:
                source = pq.ParquetFile(stream)
                schema = source.schema_arrow.append(ANOMALY)
                with _part(output, f"{folder}part-{name}.parquet", schema, files=files) as rows:
                    for group in range(source.num_row_groups):
                        rows.write_table(with_anomaly(source.read_row_group(group), nats_per_piece=nats_per_piece))
        write_json(scored, {**encoded, "files": files})
    return scored


def _encoded_path(unit: str, table: str) -> str:
    return f"{WORK}/encoded/{unit}.{table}.parquet"


def _part(
    output: str, path: str, schema: pa.Schema, *, files: list[dict[str, Any]]
) -> AbstractContextManager[PartWriter]:
    # Numbers that hardly ever come twice need no dictionary, and compress better byte by byte.
    options = {"use_dictionary": ["post_id"], "use_byte_stream_split": ["mean.list.element", "std.list.element"]}
    return part(output, path, schema, group_rows=GROUP_ROWS, files=files, **options)
