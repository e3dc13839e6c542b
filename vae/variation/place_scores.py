"""Scores every piece in places of a segment: the decoder's log p, from latents around those of the segment."""

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
"""The radius at which the decoder still knows which word stood in a place, and writes it or one of similar use."""

NEAR_LATENTS, FAR_LATENTS = 1, 2
"""The number of latents at each distance, over which p is averaged; a single far one would propose words that follow
from its noise."""

_GROUPS = 2
"""Each row hides every _GROUPS-th place, so that the decoder sees the words around each place."""

STEPWISE_CHANGES = (0.25, 0.4, 0.55, 0.7)
"""A decoder that writes from left to right reads latents at the radii that change these shares of a text's words."""


class PlaceScores(NamedTuple):
    """Log p of every piece in each of some places, (places, vocab).

    `near` is read from latents that still hold the word of the place; `far` from latents that hold almost nothing of
    it, so that it shows what the words around allow.
    """

    near: Tensor
    far: Tensor


@torch.inference_mode()
def place_scores(
    model: LoadedModel, task: Task, window: Window, places: Sequence[int], guide: Guide, *, seed: int
) -> PlaceScores:
    """Returns the scores of places of a segment, each the number of a piece in it.

    p is the mean over the latents at each distance. It reads one segment at a time, so that the scores do not depend on
    the lengths of other segments.
    """
    if isinstance(model.module, StepwiseModel):
        scores = _stepwise(model, model.module, task, places, guide=guide, seed=seed)
        return PlaceScores(scores, scores)
    near, far = near_and_far(model, guide)
    shifted = [window.start + place for place in places]
    latents = model.read_ids([window.ids])
    moved = [
        perturbed_latents(model, [task], own_guide, radii=radii, seed=seed, rows=[window.ids], latents=latents)[0]
        for own_guide, radii in ((guide, [near] * NEAR_LATENTS), (guide.nearby(), [far] * FAR_LATENTS))
    ]
    return PlaceScores(*_masked(model, window.ids, shifted, moved, guide))


def near_and_far(model: LoadedModel, guide: Guide) -> tuple[float, float]:
    """Returns the radius at which the guide's strategy changes as many words as `neighbour` does at NEAR, and FAR."""
    return model.calibration.matching(guide.strategy, NEAR), FAR


def _masked(
    model: LoadedModel, ids: Sequence[int], places: Sequence[int], moved: Sequence[PerturbedLatents], guide: Guide
) -> list[Tensor]:
    """Returns log p (places, vocab) for each group of latents, by a masked decoder that does not see the places.

    p is the mean over the latents of a group. The decoder reads all groups in one pass.
    """
    network = masked(model.reader)
    z, levels = torch.cat([group.z for group in moved]), torch.cat([group.levels for group in moved])
    width = -(-(len(ids) + 1) // network.run) * network.run
    copies = len(z) * _GROUPS
    row = functional.pad(torch.tensor([*ids, EOS], device=model.device), (0, width - len(ids) - 1))
    hidden = torch.zeros(_GROUPS, width, dtype=torch.bool, device=model.device)
    groups = torch.arange(len(places), device=model.device) % _GROUPS
    columns = torch.tensor(places, device=model.device)
    hidden[groups, columns] = True
    seen = Seen(
        ids=row.expand(copies, -1),
        hidden=hidden.repeat(len(z), 1),
        real=(torch.arange(width, device=model.device) <= len(ids)).expand(copies, -1),
        levels=levels.repeat_interleave(_GROUPS),
    )
    labels = model.label_ids(guide.labels, copies)
    features = network.features(z.repeat_interleave(_GROUPS, 0).to(network.bias.dtype), seen, labels)
    read = features.view(len(z), _GROUPS, width, -1)[:, groups, columns]
    log_p = torch.split(network.scores(read).float().log_softmax(-1), [len(group.z) for group in moved])
    return [of_group.logsumexp(0) - math.log(len(of_group)) for of_group in log_p]


def _stepwise(
    model: LoadedModel, network: StepwiseModel, task: Task, places: Sequence[int], *, guide: Guide, seed: int
) -> Tensor:
    """Returns log p (places, vocab) by a decoder that writes from left to right, in one pass over the segment's pieces.

    Such a decoder sees only the words before a place.
    """
    radii = [model.calibration.radius(guide.strategy, share) for share in STEPWISE_CHANGES]
    moved, _ = perturbed_latents(model, [task], guide, radii=radii, seed=seed)
    ids = torch.tensor(task.segment.ids, device=model.device)
    inputs = functional.pad(ids[:-1], (1, 0), value=BOS).expand(len(radii), -1)
    features = network.features(moved.z.to(network.bias.dtype), inputs, model.label_ids(guide.labels, len(radii)))
    log_p = network.scores(features[:, list(places)]).float().log_softmax(-1)
    return log_p.logsumexp(0) - math.log(len(radii))
