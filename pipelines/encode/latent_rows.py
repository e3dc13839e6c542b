"""Encodes posts: the latents of their segments, and the cost of each segment and post to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch

from pipelines.augment.post_segments import SegmentedPost, segment_post
from pipelines.dataset.number_labels import condition_ids
from pipelines.posts.post import EXCERPT_CHARACTERS, Reject
from pipelines.posts.schemas import METADATA_FIELDS
from vae.data.dataset import LABELS
from vae.evaluation.negative_elbo import negative_elbo
from vae.latent.noise import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from vae.text_vae import TextVAE

RUN_SEGMENTS = 1024
"""The least number of segments encoded together, in whole posts: 16 full batches, written as one row group."""

ANOMALY = pa.field("anomaly", pa.float64())


class EncodedPosts(NamedTuple):
    """Rows for the segments, posts and rejects files; the first two do not have their column `anomaly` yet."""

    segments: pa.Table
    posts: pa.Table
    rejects: list[Reject]


def segments_schema(width: int) -> pa.Schema:
    """The schema of segments: `mean` and `std` have `width` numbers, slot by slot; `length` counts pieces and end."""
    return pa.schema(
        [
            pa.field("post_id", pa.string()),
            pa.field("segment", pa.int32()),
            pa.field("text", pa.string()),
            pa.field("length", pa.int32()),
            pa.field("mean", pa.list_(pa.float32(), width)),
            pa.field("std", pa.list_(pa.float32(), width)),
            pa.field("nll", pa.float64()),
        ]
    )


def posts_schema(width: int) -> pa.Schema:
    """The schema of posts: the average of a post's segment means, and the sums of their lengths and nats."""
    return pa.schema(
        [
            pa.field("post_id", pa.string()),
            pa.field("title", pa.string()),
            pa.field("category", pa.list_(pa.string())),
            pa.field("segments", pa.int32()),
            pa.field("length", pa.int32()),
            pa.field("mean", pa.list_(pa.float32(), width)),
            pa.field("nll", pa.float64()),
        ]
    )


def encode_posts(posts: Iterable[dict[str, Any]], model: TextVAE, *, seed: int) -> Iterator[EncodedPosts]:
    """Encodes rows of posts/ in runs. The same posts, model and seed give the same rows."""
    run: list[SegmentedPost] = []
    for post in posts:
        run.append(segment_post(post, model))
        if sum(len(plan.segments) for plan in run) >= RUN_SEGMENTS:
            yield _encode(run, model, seed)
            run = []
    if run:
        yield _encode(run, model, seed)


def with_anomaly(rows: pa.Table, *, nats_per_piece: float) -> pa.Table:
    """The rows with `anomaly`: nats per piece / the corpus's - 1, so that 0.5 means half as much again."""
    row_nats = pc.divide(rows["nll"], pc.cast(rows["length"], pa.float64()))
    return rows.append_column(ANOMALY, pc.subtract(pc.divide(row_nats, nats_per_piece), 1.0))


def _encode(plans: Sequence[SegmentedPost], model: TextVAE, seed: int) -> EncodedPosts:
    rejects = [reject for plan in plans for reject in _rejects(plan, model.max_len)]
    plans = [plan for plan in plans if plan.can_vary]
    posts = [plan.post for plan in plans]
    segments = [[segment for segment in plan.segments if segment.ids] for plan in plans]
    counts = [len(of_post) for of_post in segments]
    width = model.module.slots * model.module.dim
    if not plans:
        return EncodedPosts(segments_schema(width).empty_table(), posts_schema(width).empty_table(), rejects)
    flat = [segment for of_post in segments for segment in of_post]
    keys = [(seed, post["post_id"], place) for post, count in zip(posts, counts, strict=True) for place in range(count)]
    shape = (model.module.slots, model.module.dim)
    latents, nats = negative_elbo(
        model,
        [segment.ids for segment in flat],
        noise=torch.from_numpy(np.stack([normal(shape, key=key) for key in keys])),
        conditions=_conditions(posts, counts, model),
    )
    mean = latents.mean.flatten(1).cpu().numpy()
    nll = nats.cpu().numpy().astype(np.float64)
    lengths = np.array([len(segment.ids) + 1 for segment in flat], np.int32)
    rows = {
        "post_id": [post_id for _, post_id, _ in keys],
        "segment": np.array([place for _, _, place in keys], np.int32),
        "text": [segment.text for segment in flat],
        "length": lengths,
        "mean": _vectors(mean),
        "std": _vectors(torch.exp(0.5 * latents.log_var).flatten(1).cpu().numpy()),
        "nll": nll,
    }
    starts = np.cumsum([0, *counts[:-1]])
    of_posts = {
        "post_id": [post["post_id"] for post in posts],
        "title": [post["title"] for post in posts],
        "category": [post["category"] for post in posts],
        "segments": np.array(counts, np.int32),
        "length": np.add.reduceat(lengths, starts),
        "mean": _vectors(np.add.reduceat(mean, starts) / np.array(counts, np.float32)[:, None]),
        "nll": np.add.reduceat(nll, starts),
    }
    return EncodedPosts(pa.table(rows, segments_schema(width)), pa.table(of_posts, posts_schema(width)), rejects)


def _vectors(rows: NDArray[Any]) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(rows.reshape(-1), pa.float32()), rows.shape[1])


def _conditions(posts: list[dict[str, Any]], counts: list[int], model: TextVAE) -> torch.Tensor | None:
    """The model's numbers for the labels of each segment's post, (segments, tables); 0 if it has none."""
    if not model.labels:
        return None
    named = pa.Table.from_pylist(posts, pa.schema([field for field in METADATA_FIELDS if field.name in LABELS]))
    ids = condition_ids(named, {label: model.labels.get(label, []) for label in LABELS})
    of_posts = np.stack([ids[label].astype(np.int64) for label in model.labels], 1)
    return torch.from_numpy(of_posts.repeat(counts, 0)).to(model.device)


def _rejects(plan: SegmentedPost, max_len: int) -> Iterator[Reject]:
    """A reject for every word that is too long for a segment, and one for a post without any segment."""
    source, post_id = str(plan.post["source"]), str(plan.post["post_id"])
    for place, segment in enumerate(plan.segments):
        if not segment.ids:
            yield Reject(
                source=source,
                position=place + 1,
                stage="segment",
                reason="a word of more pieces than a segment holds",
                post_id=post_id,
                threshold=str(max_len - 1),
                excerpt=segment.text[:EXCERPT_CHARACTERS],
            )
    if not plan.can_vary:
        yield Reject(
            source=source,
            position=0,
            stage="post",
            reason="no segment of this post can be encoded: it holds no paragraph, list or quote of words",
            post_id=post_id,
            value="0",
            threshold="1",
            excerpt=str(plan.post["text"])[:EXCERPT_CHARACTERS],
        )
