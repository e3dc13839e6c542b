"""Finds segments of other posts, by their latents, for the strategies that go towards them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import torch

from vae.errors import UserError
from vae.latent.strategies import direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

_FORMAT = "blogvae-latents/1"

_BLOCK, QUERIES = 8192, 1024
"""Segments of the index and of a query that are compared at once, which bounds the memory."""

ANY, _UNKNOWN = -1, -2
"""The codes of an empty name, and of a name that the index does not hold."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Partners:
    """An index over the segments of encoded posts.

    Attributes:
        means: the posterior means of the segments, (n, slots, dim), in float16 to save memory.
        posts: for each segment the place of its post in `post_ids`, (n,).
        post_ids: the ids of all posts.
        categories: the first category of each post, "" for none.
    """

    means: NDArray[np.float16]
    posts: NDArray[np.int32]
    post_ids: tuple[str, ...]
    categories: tuple[str, ...]

    @classmethod
    def read(cls, folder: str | Path, *, model_sha256: str) -> Partners:
        """Reads the index from a folder that `blogvae encode` wrote.

        Raises:
            UserError: the latents in the folder are missing or incomplete, or are those of another model.
        """
        folder = Path(folder)
        manifest = _manifest(folder)
        settings = manifest["settings"]
        if settings["model_sha256"] != model_sha256:
            raise UserError(f"{folder} holds the latents of another model: run `blogvae encode` with this one")
        files = {str(file["path"]): int(file["rows"]) for file in manifest["files"]}
        segments = sorted(path for path in files if path.startswith("part-"))
        categories = _categories(folder / path for path in sorted(files) if path.startswith("posts/"))
        post_ids = pa.array(categories, pa.string())
        means = np.empty((sum(files[path] for path in segments), settings["slots"], settings["dim"]), np.float16)
        posts = np.empty(len(means), np.int32)
        start = 0
        for path in segments:
            for batch in _open(folder / path).iter_batches(_BLOCK, columns=["post_id", "mean"]):
                rows = slice(start, start + len(batch))
                means[rows] = batch["mean"].flatten().to_numpy().reshape(-1, *means.shape[1:])
                posts[rows] = pc.index_in(batch["post_id"], value_set=post_ids).to_numpy()
                start = rows.stop
        return cls(means=means, posts=posts, post_ids=tuple(categories), categories=tuple(categories.values()))

    def nearest(
        self, means: NDArray[np.float32], *, exclude_posts: Sequence[str], categories: Sequence[str] | None = None
    ) -> NDArray[np.int64]:
        """Finds for each query the segment of another post whose mean has the largest cosine with that of the query.

        Cosines are exact to about 1e-4. Of equally near segments it takes the first; the result depends neither on the
        other queries nor on the number of threads.

        Args:
            means: the means of n segments, (n, slots, dim).
            exclude_posts: the post of each query, whose own segments are skipped; (n,).
            categories: the category that each query's partner must have, "" for any; (n,).

        Returns:
            Rows of `self.means`, (n,); where no segment is left, the number of rows, as SciPy's trees return it.
        """
        own = _codes(exclude_posts, self.post_ids)
        wanted = _codes(categories or [""] * len(means), self._names)
        labels = self._labels
        nearest = np.full(len(means), len(self.means))
        for label in np.unique(wanted):
            rows = np.flatnonzero((labels == label) | (label == ANY))
            queries = np.flatnonzero(wanted == label)
            for start in range(0, len(queries), QUERIES):
                chunk = queries[start : start + QUERIES]
                nearest[chunk] = self._nearest(means[chunk], own[chunk], rows)
        return nearest

    def of_post(self, post_id: str, count: int) -> NDArray[np.float32]:
        """Returns `count` means of a post's segments, (count, slots, dim), in order; it starts again if they run out.

        Raises:
            UserError: the latents hold no segment of this post.
        """
        segments = np.flatnonzero(self.posts == _codes([post_id], self.post_ids)[0])
        if not len(segments):
            raise UserError(f"no post {post_id!r} among the latents{_nearest_name(post_id, self.post_ids)}")
        return self.means[np.resize(segments, count)].astype(np.float32)

    def label_means(self) -> dict[str, NDArray[np.float32]]:
        """Returns the mean of all segments of each category, (slots, dim), by its name."""
        labels = self._labels
        return {
            name: self.means[labels == code].mean(0, dtype=np.float32)
            for code, name in enumerate(self._names)
            if (labels == code).any()
        }

    def direction(self, category: str) -> Tensor:
        """Returns the direction to a category from the others, as `vae.latent.strategies.direction` computes it.

        Each category counts once, whatever the number of its posts.

        Raises:
            UserError: no post has this category, or all have it.
        """
        means = self.label_means()
        if category not in means:
            raise UserError(f"no category {category!r} among the latents{_nearest_name(category, list(means))}")
        return direction(torch.from_numpy(np.stack(list(means.values()))), torch.tensor([n == category for n in means]))

    @property
    def _names(self) -> list[str]:
        """The names of all categories, sorted."""
        return sorted({*self.categories} - {""})

    @property
    def _labels(self) -> NDArray[np.int32]:
        """For each segment the place of its category in `_names`, or ANY, (n,)."""
        return _codes(self.categories, self._names)[self.posts]

    def _nearest(
        self, means: NDArray[np.float32], own: NDArray[np.int32], rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """As `nearest`, among some rows of the index; `own` are the codes of the posts that are skipped."""
        queries = _rounded(means)
        best = np.full(len(means), -np.inf)
        nearest: NDArray[np.int64] = np.full(len(means), len(self.means))
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            cosines = queries @ _rounded(self.means[block]).T
            np.copyto(cosines, -np.inf, where=self.posts[block] == own[:, None])
            place = cosines.argmax(1)
            cosine = cosines[np.arange(len(place)), place]
            nearest = np.where(cosine > best, block[place], nearest)
            best = np.maximum(cosine, best)
        return nearest


def _rounded(means: NDArray[Any]) -> NDArray[np.float32]:
    """Returns means (n, slots, dim) as vectors (n, width) of about the same length, rounded to whole numbers.

    The numbers are so small that float32 sums their products exactly. Otherwise a sum would depend on the order of its
    terms, which a matrix product chooses by shape and threads. By Cauchy-Schwarz no part of the sum exceeds the product
    of both lengths, which is at most 2^24.
    """
    vectors = means.reshape(len(means), -1).astype(np.float32)
    length = 4096 - math.isqrt(vectors.shape[1])  # rounding adds at most half the root of the width
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    rounded: NDArray[np.float32] = np.rint(vectors * (length / np.maximum(lengths, 1e-30)))
    return rounded


def _codes(names: Sequence[str], known: Sequence[str]) -> NDArray[np.int32]:
    """Returns the place of each name among the known ones; ANY for "", _UNKNOWN for others."""
    places = {name: place for place, name in enumerate(known)} | {"": ANY}
    return np.array([places.get(name, _UNKNOWN) for name in names], np.int32)


def _nearest_name(name: str, known: Sequence[str]) -> str:
    """Returns the end of an error message, which names the known name that is most like this one, if there is any."""
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _manifest(folder: Path) -> dict[str, Any]:
    """Reads the manifest of a folder of latents; raises UserError if there is none, or one of another format."""
    path = folder / "MANIFEST.json"
    try:
        manifest = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"{folder} holds no latents: {path} is missing; run `blogvae encode` to its end") from error
    except ValueError as error:
        raise UserError(f"{path} is no JSON; run `blogvae encode --overwrite`") from error
    file_format = manifest.get("format") if isinstance(manifest, dict) else None
    if file_format != _FORMAT:
        raise UserError(f"{path} is of format {file_format!r}, expected {_FORMAT!r}")
    return dict(manifest)


def _open(path: Path) -> pq.ParquetFile:
    """Opens a file of latents or posts; raises UserError if it is missing or damaged."""
    try:
        return pq.ParquetFile(path)
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        raise UserError(f"{path} is missing or no file of latents; run `blogvae encode` again") from error


def _categories(paths: Iterable[Path]) -> dict[str, str]:
    """Returns the first category of each post by its id, in the order of the files; "" for none."""
    first: dict[str, str] = {}
    for path in paths:
        file = _open(path)
        has_categories = "category" in file.schema_arrow.names
        table = file.read(columns=["post_id", *["category"] * has_categories])
        ids = table["post_id"].to_pylist()
        categories = table["category"].to_pylist() if has_categories else [[]] * len(ids)
        first |= {post_id: next(iter(names), "") for post_id, names in zip(ids, categories, strict=True)}
    return first
