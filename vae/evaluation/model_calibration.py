"""Calibrates a model: measures on held-out texts which share of the words a radius changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from tokenizer.segments import cut
from vae.decode.decoding import Decoding
from vae.evaluation.measuring_bar import nothing
from vae.latent.calibration import RADII, Calibration
from vae.latent.noise import normal
from vae.latent.strategies import STRATEGIES
from vae.models.text_model import StepwiseModel
from vae.variation.change import changed_words
from vae.variation.guide import Guide
from vae.variation.partners import Partners
from vae.variation.sampling import Sampling
from vae.variation.task import Task
from vae.variation.variation_maker import VariationMaker
from vae.variation.whole_segments import decoded_around

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tokenizer.segments import Segment
    from vae.latent.strategies import Strategy
    from vae.loaded_model import LoadedModel

SEGMENTS_A_TEXT = 4
"""So many rows make a text, which stands for a post."""

CURVE_TEXTS, FILLED_TEXTS = 8, 3
"""The texts that curves are measured on, for a stepwise decoder and for a masked one, which takes longer."""

CALIBRATED = tuple(strategy for strategy in STRATEGIES.values() if strategy.largest_radius is not None)
"""The strategies of which a curve is measured."""

FILLED_RADII = (0.0, 0.4, 0.7, 1.0, 1.3)
"""The radii at which a masked decoder is measured."""


def calibrate(
    model: LoadedModel, rows: Sequence[Sequence[int]], *, seed: int, part_done: Callable[[], None] = nothing
) -> Calibration:
    """Returns a curve for each strategy that has a radius: the share of changed words at each radius.

    Interpolation goes to the nearest segment of another text. The strategy `attribute` takes a random direction, for
    all directions have the same length.

    Args:
        model: to calibrate; the calibration that it has is not used.
        rows: held-out rows of piece ids.
        seed: of all noise.
        part_done: called after each strategy of CALIBRATED.
    """
    stepwise = isinstance(model.module, StepwiseModel)
    texts = _texts(model, rows)[: CURVE_TEXTS if stepwise else FILLED_TEXTS]
    radii = RADII if stepwise else FILLED_RADII
    curves = {}
    for strategy in CALIBRATED:
        largest = strategy.largest_radius or 0.0
        curves[strategy.name] = _curve(model, strategy, texts, [r for r in radii if r <= largest], seed=seed)
        part_done()
    return Calibration(curves)


def measured_changes(
    model: LoadedModel, rows: Sequence[Sequence[int]], strategy: str, changes: Sequence[float], *, seed: int
) -> list[float]:
    """Returns the mean share of words that variations change, for each value of `change` asked for.

    Any exchange that the model proposes may be made, however unlikely people are to accept it. Each text weighs as
    much as it has words.

    Args:
        model: to measure.
        rows: held-out rows of piece ids.
        strategy: the name of the strategy.
        changes: the values of `change`.
        seed: of all noise.
    """
    texts = _texts(model, rows)
    guide = _guide(model, STRATEGIES[strategy], texts, seed=seed)
    keys = [(str(number), 0) for number in range(len(texts))]
    words = [sum(len(segment.text.split()) for segment in text) for text in texts]
    sampling = Sampling(strategy=strategy, at_least=0.0, seed=seed)
    means = []
    for change in changes:
        variations = VariationMaker(model, replace(sampling, change=change), guide)(texts, keys=keys)
        means.append(float(np.average([variation.change for variation in variations], weights=words)))
    return means


def _texts(model: LoadedModel, rows: Sequence[Sequence[int]]) -> list[list[Segment]]:
    """Cuts rows into segments and joins those of SEGMENTS_A_TEXT rows to a text."""
    segments = cut(model.tokenizer.decode(rows), tokenizer=model.tokenizer, max_len=model.max_len)
    groups = [segments[start : start + SEGMENTS_A_TEXT] for start in range(0, len(segments), SEGMENTS_A_TEXT)]
    return [[segment for of_row in group for segment in of_row if segment.ids] for group in groups]


def _guide(model: LoadedModel, strategy: Strategy, texts: Sequence[Sequence[Segment]], *, seed: int) -> Guide:
    """Returns what a strategy moves toward: a random direction, other texts, or nothing."""
    shape = (model.module.slots, model.module.dim)
    if strategy.toward == "direction":
        random = torch.from_numpy(normal(shape, key=(seed, "direction")))
        unit = random / random.square().mean().sqrt()
        return Guide(strategy=strategy.name, direction=Sampling().strength * unit)
    if strategy.toward != "partner":
        return Guide(strategy=strategy.name)
    means = model.encode_ids([segment.ids for text in texts for segment in text]).mean
    partners = Partners(
        means=means.cpu().numpy().astype(np.float16),
        posts=np.repeat(np.arange(len(texts), dtype=np.int32), [len(text) for text in texts]),
        post_ids=tuple(map(str, range(len(texts)))),
        categories=("",) * len(texts),
    )
    return Guide(strategy=strategy.name, partners=partners)


def _curve(
    model: LoadedModel, strategy: Strategy, texts: Sequence[Sequence[Segment]], radii: Sequence[float], *, seed: int
) -> list[tuple[float, float]]:
    """Returns each radius with the mean share of words that the texts decoded at that radius change."""
    tasks = [
        Task(segment, str(number), place) for number, text in enumerate(texts) for place, segment in enumerate(text)
    ]
    guide = _guide(model, strategy, texts, seed=seed)
    decoded = decoded_around(model, tasks, guide, Decoding(), radii=radii, seed=seed)
    changes = [
        [changed_words(task.segment.protected.masked, text) for text in of_task]
        for task, of_task in zip(tasks, decoded, strict=True)
    ]
    return [(radius, float(share)) for radius, share in zip(radii, np.mean(changes, 0), strict=True)]
