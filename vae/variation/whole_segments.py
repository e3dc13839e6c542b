"""Makes variations whose segments are decoded as a whole, from new latents."""

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
    """Returns a variation of each text, whose segments are decoded as a whole.

    A segment stays as it is if the decoded one repeats itself more, or does not end within max_len pieces.
    """
    tasks = [
        Task(segment, name, place, category, number)
        for (name, number), text, category in zip(keys, texts, categories, strict=True)
        for place, segment in enumerate(text)
        if segment.ids
    ]
    radii = [model.calibration.radius(sampling.strategy, sampling.change)]
    decoded = decoded_around(model, tasks, guide, sampling.decoding, radii=radii, seed=sampling.seed)
    masked = {
        (task.post, task.number, task.place): _without_loops(" ".join(text.split()), task.segment)
        for task, (text,) in zip(tasks, decoded, strict=True)
    }
    return [
        variation_of(text, [masked.get((*key, place), "") for place in range(len(text))])
        for key, text in zip(keys, texts, strict=True)
    ]


def decoded_around(
    model: LoadedModel, tasks: Sequence[Task], guide: Guide, decoding: Decoding, *, radii: Sequence[float], seed: int
) -> list[list[str]]:
    """Returns for each task one masked text per radius; "" for one that does not end within max_len pieces."""
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
    """Returns the chance by which pieces are drawn, (keys, max_len); None for a decoding that draws none."""
    if decoding.method in {"greedy", "beam"}:
        return None
    return torch.from_numpy(np.stack([uniform(model.max_len, key=key) for key in keys])).to(model.device)


def _without_loops(masked: str, segment: Segment) -> str:
    """Returns a masked text; "" if it repeats itself more than its segment does."""
    return "" if _loops(masked) > _loops(segment.protected.masked) else masked


def _loops(text: str) -> int:
    """Counts repetitions: how often a word follows itself, plus how often the commonest pair of words occurs."""
    words = text.casefold().split()
    pairs = Counter(pairwise(words))
    return sum(first == second for first, second in pairwise(words)) + max(pairs.values(), default=0)
