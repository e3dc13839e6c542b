"""Segments decoded from latents around their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from vae.decode.decoding import Decoding, decode
from vae.latent.gaussian import Latents
from vae.latent.noise import Key, normal, uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from tokenizer.segments import Segment
    from vae.guide import Guide
    from vae.text_vae import TextVAE


class Task(NamedTuple):
    """A segment to vary: of which post and category, at which place there.

    `number` tells the variations of a post apart where their tries differ. Noise follows from post, place and number.
    """

    segment: Segment
    post: str
    place: int
    category: str = ""
    number: int = 0


def latents_around(
    model: TextVAE, tasks: Sequence[Task], guide: Guide, *, radii: Sequence[float], seed: int
) -> tuple[Tensor, list[Key]]:
    """For each task one latent a radius, (tasks x radii, slots, dim), and what the noise of each follows from."""
    count = len(radii)
    latents = model.encode_ids([task.segment.ids for task in tasks])
    repeated = Latents(latents.mean.repeat_interleave(count, 0), latents.log_var.repeat_interleave(count, 0))
    keys: list[Key] = [(seed, task.post, task.place, task.number, number) for task in tasks for number in range(count)]
    noise = torch.from_numpy(np.stack([normal(tuple(latents.mean.shape[1:]), key=key) for key in keys]))
    z = guide.step(
        repeated,
        noise.to(model.device),
        torch.tensor(radii, dtype=torch.float32).repeat(len(tasks)).to(model.device),
        model=model,
        tasks=tasks,
    )
    return z, keys


def decode_tries(
    model: TextVAE, tasks: Sequence[Task], guide: Guide, decoding: Decoding, *, radii: Sequence[float], seed: int
) -> list[list[str]]:
    """For each task one masked text a radius; "" where no end came within max_len pieces."""
    if not tasks:
        return []
    count = len(radii)
    z, keys = latents_around(model, tasks, guide, radii=radii, seed=seed)
    rows = decode(
        model.decoder,
        z,
        decoding,
        _uniforms(model, decoding, keys),
        model.label_ids(guide.labels, len(z)),
        sources=[task.segment.ids for task in tasks for _ in range(count)],
        tokenizer=model.tokenizer,
    )
    texts = model.tokenizer.decode(rows)
    ended = [text if len(row) < model.max_len else "" for row, text in zip(rows, texts, strict=True)]
    return [ended[start : start + count] for start in range(0, len(ended), count)]


def _uniforms(model: TextVAE, decoding: Decoding, keys: Sequence[Key]) -> Tensor | None:
    if decoding.method in {"greedy", "beam"}:
        return None
    return torch.from_numpy(np.stack([uniform(model.max_len, key=key) for key in keys])).to(model.device)
