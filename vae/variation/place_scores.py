"""What the decoder would write in the places of a segment, from latents around it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional

from tokenizer.tokenizer import BOS, EOS
from vae.models.masked import FARTHEST as FAR
from vae.models.masked import Seen, masked
from vae.models.text_model import StepwiseModel
from vae.variation.perturbed_latents import perturbed_latents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.loaded_model import LoadedModel
    from vae.variation.context_window import Window
    from vae.variation.guide import Guide
    from vae.variation.perturbed_latents import PerturbedLatents
    from vae.variation.task import Task

NEAR = 1.0
"""Radius at which the decoder still knows which word stood in a place: it writes that, or what is used alike."""

NEAR_LATENTS, FAR_LATENTS = 1, 2
"""Latents at each distance, averaged: one alone far away brings words of its own noise."""

_GROUPS = 2
"""Places are hidden by turns, every _GROUPS-th at a time, so that the decoder sees the words around each."""

STEPWISE_CHANGES = (0.25, 0.4, 0.55, 0.7)
"""A decoder that writes from left to right is asked at latents where these shares of a decoded text's words change."""


class PlaceScores(NamedTuple):
    """Log p of every piece in each of some places, (places, vocab).

    `near` at latents that still tell the word; `far` at latents that tell next to nothing: what the words around allow.
    """

    near: Tensor
    far: Tensor


@torch.inference_mode()
def place_scores(
    model: LoadedModel, task: Task, window: Window, places: Sequence[int], guide: Guide, *, seed: int
) -> PlaceScores:
    """The scores of places of a segment, each a piece of it; p is the mean over the latents at each distance.

    One segment at a time: what comes out must not depend on the length of others.
    """
    if isinstance(model.module, StepwiseModel):
        scores = _stepwise(model, model.module, task, places, guide=guide, seed=seed)
        return PlaceScores(scores, scores)
    near, far = near_and_far(model, guide)
    shifted = [window.start + place for place in places]
    return PlaceScores(
        *(
            _masked(model, window.ids, shifted, _moved(model, task, window.ids, each, radii, seed=seed), guide)
            for each, radii in ((guide, [near] * NEAR_LATENTS), (guide.nearby(), [far] * FAR_LATENTS))
        )
    )


def near_and_far(model: LoadedModel, guide: Guide) -> tuple[float, float]:
    """The radius of the strategy at which as many words change as at NEAR around a text, and FAR around it."""
    return model.calibration.matching(guide.strategy, NEAR), FAR


def _moved(
    model: LoadedModel, task: Task, ids: Sequence[int], guide: Guide, radii: Sequence[float], *, seed: int
) -> PerturbedLatents:
    moved, _ = perturbed_latents(model, [task], guide, radii=radii, seed=seed, rows=[ids])
    return moved


def _masked(
    model: LoadedModel, ids: Sequence[int], places: Sequence[int], moved: PerturbedLatents, guide: Guide
) -> Tensor:
    network = masked(model.reader)
    width = -(-(len(ids) + 1) // network.run) * network.run
    copies = len(moved.z) * _GROUPS
    row = functional.pad(torch.tensor([*ids, EOS], device=model.device), (0, width - len(ids) - 1))
    hidden = torch.zeros(_GROUPS, width, dtype=torch.bool, device=model.device)
    groups = torch.arange(len(places), device=model.device) % _GROUPS
    at = torch.tensor(places, device=model.device)
    hidden[groups, at] = True
    seen = Seen(
        ids=row.expand(copies, -1),
        hidden=hidden.repeat(len(moved.z), 1),
        real=(torch.arange(width, device=model.device) <= len(ids)).expand(copies, -1),
        levels=moved.levels.repeat_interleave(_GROUPS),
    )
    labels = model.label_ids(guide.labels, copies)
    features = network.features(moved.z.repeat_interleave(_GROUPS, 0).to(network.bias.dtype), seen, labels)
    read = features.view(len(moved.z), _GROUPS, width, -1)[:, groups, at]
    return network.scores(read).float().log_softmax(-1).logsumexp(0) - math.log(len(moved.z))


def _stepwise(
    model: LoadedModel, network: StepwiseModel, task: Task, places: Sequence[int], *, guide: Guide, seed: int
) -> Tensor:
    """Read off the decoder in one pass along the segment's own pieces: it knows the words before a place."""
    radii = [model.calibration.radius(guide.strategy, share) for share in STEPWISE_CHANGES]
    moved, _ = perturbed_latents(model, [task], guide, radii=radii, seed=seed)
    ids = torch.tensor(task.segment.ids, device=model.device)
    inputs = functional.pad(ids[:-1], (1, 0), value=BOS).expand(len(radii), -1)
    features = network.features(moved.z.to(network.bias.dtype), inputs, model.label_ids(guide.labels, len(radii)))
    log_p = network.scores(features[:, list(places)]).float().log_softmax(-1)
    return log_p.logsumexp(0) - math.log(len(radii))
