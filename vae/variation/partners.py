"""Segments of other posts to go towards, found by their latents."""

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
"""Segments of the index and of a query that are compared at once: what bounds the memory."""

ANY, _UNKNOWN = -1, -2
"""Codes of no name and of a name that the index does not hold."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Partners:
    """An index over the segments of encoded posts.

    Attributes:
        means: posterior means, (n, slots, dim), in float16 for the sake of memory.
        posts: the place in `post_ids` of each segment's post, (n,).
        post_ids: of all posts.
        categories: the first category of each post, "" for none.
    """

    means: NDArray[np.float16]
    posts: NDArray[np.int32]
    post_ids: tuple[str, ...]
    categories: tuple[str, ...]

    @classmethod
    def read(cls, folder: str | Path, *, model_sha256: str) -> Partners:
        """The index over what `blogvae encode` wrote.

        Raises:
            UserError: the folder holds no whole latents, or those of another model.
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
        """The segment of another post whose mean has the largest cosine with each of means (n, slots, dim).

        Cosines are right to about 1e-4. Of segments equally near it is the first, whatever the other queries and the
        number of threads.

        Args:
            means: of n segments.
            exclude_posts: the post of each, whose own segments are passed over; (n,).
            categories: the one that each one's partner must have, "" for any; (n,).

        Returns:
            Rows of `self.means`, (n,); their number, as in SciPy's trees, where no segment is left.
        """
        own = _codes(exclude_posts, self.post_ids)
        wanted = _codes(categories or [""] * len(means), self._names)
        labels = self._labels
        found = np.full(len(means), len(self.means))
        for label in np.unique(wanted):
            rows = np.flatnonzero((labels == label) | (label == ANY))
            asking = np.flatnonzero(wanted == label)
            for start in range(0, len(asking), QUERIES):
                chunk = asking[start : start + QUERIES]
                found[chunk] = self._nearest(means[chunk], own[chunk], rows)
        return found

    def of_post(self, post_id: str, count: int) -> NDArray[np.float32]:
        """The means of a post's segments in their order, from the first again until there are `count`.

        Raises:
            UserError: no segment of this post was encoded.
        """
        segments = np.flatnonzero(self.posts == _codes([post_id], self.post_ids)[0])
        if not len(segments):
            raise UserError(f"no post {post_id!r} among the latents{_nearest_name(post_id, self.post_ids)}")
        return self.means[np.resize(segments, count)].astype(np.float32)

    def label_means(self) -> dict[str, NDArray[np.float32]]:
        """The mean of all segments of each category, (slots, dim)."""
        labels = self._labels
        return {
            name: self.means[labels == code].mean(0, dtype=np.float32)
            for code, name in enumerate(self._names)
            if (labels == code).any()
        }

    def direction(self, category: str) -> Tensor:
        """Towards a category from all others, each of them counted once; as `vae.latent.strategies.direction` gives it.

        Raises:
            UserError: no post has this category, or none another.
        """
        means = self.label_means()
        if category not in means:
            raise UserError(f"no category {category!r} among the latents{_nearest_name(category, list(means))}")
        return direction(torch.from_numpy(np.stack(list(means.values()))), torch.tensor([n == category for n in means]))

    @property
    def _names(self) -> list[str]:
        return sorted({*self.categories} - {""})

    @property
    def _labels(self) -> NDArray[np.int32]:
        return _codes(self.categories, self._names)[self.posts]

    def _nearest(
        self, means: NDArray[np.float32], own: NDArray[np.int32], rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        queries = _rounded(means)
        best = np.full(len(means), -np.inf)
        found: NDArray[np.int64] = np.full(len(means), len(self.means))
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            cosines = queries @ _rounded(self.means[block]).T
            np.copyto(cosines, -np.inf, where=self.posts[block] == own[:, None])
            place = cosines.argmax(1)
            cosine = cosines[np.arange(len(place)), place]
            found = np.where(cosine > best, block[place], found)
            best = np.maximum(cosine, best)
        return found


def _rounded(means: NDArray[Any]) -> NDArray[np.float32]:
    """Means (n, slots, dim) as vectors (n, width) of one length, in whole numbers.

    They are so small that float32 sums their products without rounding.

    A sum in floating point depends on the order of its terms, which a matrix product chooses by shape and threads.
    By Cauchy-Schwarz no part of the sum exceeds the product of the lengths, which is at most 2^24.
    """
    vectors = means.reshape(len(means), -1).astype(np.float32)
    length = 4096 - math.isqrt(vectors.shape[1])  # rounding adds at most half the root of the width
    own = np.linalg.norm(vectors, axis=1, keepdims=True)
    rounded: NDArray[np.float32] = np.rint(vectors * (length / np.maximum(own, 1e-30)))
    return rounded


def _codes(names: Sequence[str], known: Sequence[str]) -> NDArray[np.int32]:
    places = {name: place for place, name in enumerate(known)} | {"": ANY}
    return np.array([places.get(name, _UNKNOWN) for name in names], np.int32)


def _nearest_name(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "MANIFEST.json"
    try:
        manifest = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"{folder} holds no latents: {path} is missing; run `blogvae encode` to its end") from error
    except ValueError as error:
        raise UserError(f"{path} is no JSON; run `blogvae encode --overwrite`") from error
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != _FORMAT:
        raise UserError(f"{path} is of format {found!r}, expected {_FORMAT!r}")
    return dict(manifest)


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        raise UserError(f"{path} is missing or no file of latents; run `blogvae encode` again") from error


def _categories(paths: Iterable[Path]) -> dict[str, str]:
    """By post, in the files' order, its first category."""
    found: dict[str, str] = {}
    for path in paths:
        file = _open(path)
        named = "category" in file.schema_arrow.names
        table = file.read(columns=["post_id", *["category"] * named])
        ids = table["post_id"].to_pylist()
        categories = table["category"].to_pylist() if named else [[]] * len(ids)
        found |= {post_id: next(iter(names), "") for post_id, names in zip(ids, categories, strict=True)}
    return found
