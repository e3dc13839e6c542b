"""Segments decoded as a whole from latents around their own."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.decode.decoding import decode
from vae.latent.noise import Key, uniform
from vae.variation.perturbed_latents import perturbed_latents
from vae.variation.task import Task
from vae.variation.variation import variation_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from tokenizer.segments import Segment
    from vae.decode.decoding import Decoding
    from vae.loaded_model import LoadedModel
    from vae.variation.guide import Guide
    from vae.variation.sampling import Sampling
    from vae.variation.variation import Variation


def whole_variations(
    model: LoadedModel,
    texts: Sequence[Sequence[Segment]],
    keys: Sequence[tuple[str, int]],
    categories: Sequence[str],
    *,
    guide: Guide,
    sampling: Sampling,
) -> list[Variation]:
    """A variation of each text, whose segments are decoded whole; a segment that loops or breaks off stays."""
    tasks = [
        Task(segment, name, place, category, number)
        for (name, number), text, category in zip(keys, texts, categories, strict=True)
        for place, segment in enumerate(text)
        if segment.ids
    ]
    radii = [model.calibration.radius(sampling.strategy, sampling.change)]
    decoded = decoded_around(model, tasks, guide, sampling.decoding, radii=radii, seed=sampling.seed)
    found = {
        (task.post, task.number, task.place): _without_loops(" ".join(text.split()), task.segment)
        for task, (text,) in zip(tasks, decoded, strict=True)
    }
    return [
        variation_of(text, [found.get((*key, place), "") for place in range(len(text))])
        for key, text in zip(keys, texts, strict=True)
    ]


def decoded_around(
    model: LoadedModel, tasks: Sequence[Task], guide: Guide, decoding: Decoding, *, radii: Sequence[float], seed: int
) -> list[list[str]]:
    """For each task one masked text a radius; "" where no end came within max_len pieces."""
    if not tasks:
        return []
    count = len(radii)
    moved, keys = perturbed_latents(model, tasks, guide, radii=radii, seed=seed)
    rows = decode(
        model.decoder,
        moved.z,
        decoding,
        _uniforms(model, decoding, keys),
        model.label_ids(guide.labels, len(moved.z)),
        sources=[task.segment.ids for task in tasks for _ in range(count)],
        tokenizer=model.tokenizer,
        levels=moved.levels,
    )
    texts = model.tokenizer.decode(rows)
    ended = [text if len(row) < model.max_len else "" for row, text in zip(rows, texts, strict=True)]
    return [ended[start : start + count] for start in range(0, len(ended), count)]


def _uniforms(model: LoadedModel, decoding: Decoding, keys: Sequence[Key]) -> Tensor | None:
    if decoding.method in {"greedy", "beam"}:
        return None
    return torch.from_numpy(np.stack([uniform(model.max_len, key=key) for key in keys])).to(model.device)


def _without_loops(masked: str, segment: Segment) -> str:
    return "" if _loops(masked) > _loops(segment.protected.masked) else masked


def _loops(text: str) -> int:
    """How often a word follows itself, and how often the commonest pair of words occurs."""
    words = text.casefold().split()
    pairs = Counter(pairwise(words))
    return sum(first == second for first, second in pairwise(words)) + max(pairs.values(), default=0)
