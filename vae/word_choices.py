"""Which words the decoder would write in a segment's places, from latents around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from tokenizer.tokenizer import BOS, WORD_START
from vae.tries import latents_around

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from tokenizer.segments import Segment
    from vae.guide import Guide
    from vae.text_vae import TextVAE
    from vae.tries import Task

Choices = list[dict[str, float]]
"""For each word of a segment others, the likeliest first, with their log p."""

CHOICES = 24


def word_choices(
    model: TextVAE, tasks: Sequence[Task], guide: Guide, *, radii: Sequence[float], seed: int
) -> Iterator[Choices]:
    """The CHOICES of each word of each task's segment: p of a word is the mean over latents, one a radius.

    Each is read off the decoder in one pass along the segment's own pieces, so it knows the words before a place, and
    of those behind it what the latent tells. Words of several pieces are no choices, and neither is a word's own first.
    """
    if not tasks:
        return
    z, _ = latents_around(model, tasks, guide, radii=radii, seed=seed)
    conditions = model.label_ids(guide.labels, len(radii))
    for task, latents in zip(tasks, z.reshape(len(tasks), len(radii), *z.shape[1:]), strict=True):
        yield _of_segment(model, task.segment, latents, conditions)


@torch.inference_mode()
def _of_segment(model: TextVAE, segment: Segment, z: Tensor, conditions: Tensor | None) -> Choices:
    """One segment at a time: what comes out must not depend on the length of others."""
    tokenizer, network = model.tokenizer, model.reader
    # By words, not by pieces that begin one: "a▁b" holds two of these, and "▁" has no piece at all.
    sizes = np.array([len(row) for row in tokenizer.encode(segment.protected.masked.split())])
    places = torch.from_numpy((sizes.cumsum() - sizes)[sizes > 0]).to(z.device)
    ids = torch.tensor(segment.ids, device=z.device)
    inputs = functional.pad(ids[:-1], (1, 0), value=BOS).expand(len(z), -1)
    features = network.features(z.to(network.bias.dtype), inputs, conditions)[:, places]
    log_p = network.scores(features).float().log_softmax(-1).logsumexp(0) - np.log(len(z))
    log_p[:, ~torch.from_numpy(tokenizer.begins_word).to(z.device)] = -torch.inf
    log_p[torch.arange(len(places)), ids[places]] = -torch.inf
    best = log_p.topk(min(CHOICES, log_p.shape[1]), dim=-1)
    found = iter(
        {
            tokenizer.pieces[piece].removeprefix(WORD_START): nats
            for piece, nats in zip(pieces, row, strict=True)
            if nats > -torch.inf
        }
        for pieces, row in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    )
    return [next(found) if size else {} for size in sizes]
