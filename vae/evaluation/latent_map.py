"""Maps the latents of a split to a plane, by principal components and by UMAP."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tokenizer.tokenizer import EOS
from vae.data.streams import Stream
from vae.latent.noise import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.data.dataset import Shard
    from vae.loaded_model import LoadedModel

UMAP_NEIGHBOURS = 15
"""UMAP's own default. There is no UMAP of that many points or fewer."""


@dataclass(frozen=True)
class LatentMap:
    """A row of `points` for each segment, and the share of the means' variance that x and y explain.

    The columns are post_id ("" in a stream), segment, category (null without one), x and y, and umap_x and umap_y if
    there is a UMAP.
    """

    points: pa.Table
    explained: float


def latent_map(
    model: LoadedModel, shards: Sequence[Shard], *, categories: Sequence[str], limit: int, seed: int = 0
) -> LatentMap:
    """Maps the posterior means of up to `limit` segments, drawn from all shards, to a plane.

    The axes are the first two principal components. If umap-learn is installed, there is also a UMAP (McInnes et al.
    2018).

    Args:
        model: on any device.
        shards: of a split.
        categories: the names of the category ids 1, 2, ...
        limit: the largest number of segments.
        seed: of the draw and of UMAP.
    """
    drawn = draw_rows(shards, limit, seed=seed)
    padded, lengths = drawn["input_ids"].to_pylist(), drawn["length"].to_pylist()
    rows = [row[: length - 1] for row, length in zip(padded, lengths, strict=True)]
    means = model.encode_ids(rows).mean.flatten(1).float().cpu().numpy()
    plane, explained = principal_plane(means)
    names = dict(enumerate(categories, 1))
    columns = {
        "post_id": drawn["post_id"],
        "segment": drawn["segment"],
        "category": pa.array([names.get(label) for label in drawn["category"].to_pylist()], pa.string()),
        "x": plane[:, 0],
        "y": plane[:, 1],
    }
    embedded = _umap(means, seed)
    if embedded is not None:
        columns |= {"umap_x": embedded[:, 0], "umap_y": embedded[:, 1]}
    return LatentMap(pa.table(columns), explained)


def draw_rows(shards: Sequence[Shard], limit: int, *, seed: int) -> pa.Table:
    """Draws up to `limit` rows of the shards, each with the same probability.

    The columns are post_id, segment, length, input_ids and category, which is 0 in a shard without categories.
    """
    starts = np.cumsum([0, *(shard.rows for shard in shards)])
    drawn = np.sort(generator((seed, "map")).permutation(starts[-1])[:limit])
    places = (
        drawn[(start <= drawn) & (drawn < start + shard.rows)] - start
        for shard, start in zip(shards, starts[:-1], strict=True)
    )
    return pa.concat_tables([_rows(shard, within) for shard, within in zip(shards, places, strict=True)])


def _rows(shard: Shard, places: NDArray[np.int64]) -> pa.Table:
    if isinstance(shard, Stream):
        rows = [[*row, EOS] for row in shard.segments(places)]
        return pa.table(
            {
                "post_id": pa.repeat("", len(rows)),
                "segment": pa.array(places, pa.int32()),
                "length": pa.array(map(len, rows), pa.uint16()),
                "input_ids": pa.array(rows, pa.list_(pa.uint32())),
                "category": pa.repeat(pa.scalar(0, pa.uint16()), len(rows)),
            }
        )
    file = pq.ParquetFile(shard.path)
    labelled = "category" in file.schema_arrow.names
    table = file.read(columns=["post_id", "segment", "input_ids", "length", *["category"] * labelled]).take(places)
    ids = table["input_ids"].cast(pa.list_(pa.uint32()))  # shards of different buckets have different types
    category = table["category"] if labelled else pa.repeat(pa.scalar(0, pa.uint16()), len(table))
    columns = {name: table[name] for name in ("post_id", "segment", "length")}
    return pa.table({**columns, "input_ids": ids, "category": category})


def principal_plane(points: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """Projects points (n, d) to the plane of their largest variance.

    The largest weight of each axis is positive, so that the same points always give the same plane.

    Returns:
        The points in the plane, (n, 2), and the share of their variance that lies in it.
    """
    centred = points.astype(np.float64) - points.mean(0, dtype=np.float64)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    first_two = np.pad(axes, ((0, 2), (0, 0)))[:2]  # a single point has only one axis
    largest = np.take_along_axis(first_two, np.abs(first_two).argmax(1, keepdims=True), 1)
    plane = centred @ (first_two * np.where(largest < 0, -1.0, 1.0)).T
    variance = np.square(spread)
    explained = float(variance[:2].sum() / variance.sum()) if variance.any() else 0.0
    return plane.astype(np.float32), explained


def _umap(points: NDArray[np.float32], seed: int) -> NDArray[np.float32] | None:
    try:
        umap = importlib.import_module("umap")
    except ImportError:
        return None
    if len(points) <= UMAP_NEIGHBOURS:
        return None
    embedded: NDArray[np.float32] = umap.UMAP(n_neighbors=UMAP_NEIGHBOURS, random_state=seed).fit_transform(points)
    return embedded
