"""Which radius and which budget of edits change which share of the words, measured on held-out texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from tokenizer.segments import cut
from vae.calibration import RADII, Calibration
from vae.change import changed_words
from vae.decode.decoding import Decoding
from vae.guide import Guide
from vae.latent.noise import normal
from vae.latent.strategy import STRATEGIES
from vae.partners import Partners
from vae.tries import Task, decode_tries
from vae.variation import Sampling
from vae.varier import Varier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.segments import Segment
    from vae.latent.strategy import Strategy
    from vae.text_vae import TextVAE

BUDGETS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75)
"""Shares of words asked for; what comes of them between two is interpolated."""

SEGMENTS_A_TEXT = 4

CURVE_TEXTS = 8
"""Texts that the curves of radii are measured on; a radius need not be exact, the budget is."""


def calibrate(model: TextVAE, rows: Sequence[Sequence[int]], *, seed: int) -> Calibration:
    """For each strategy with a radius, its curve and, by variations made with it, its budgets.

    Texts of SEGMENTS_A_TEXT rows stand for posts. Interpolation goes to the nearest segment of another text; an
    attribute's direction is random, since they are all of one length.

    Args:
        model: its calibration is not read.
        rows: of piece ids, held out.
        seed: of all noise.
    """
    texts = _texts(model, rows)
    curves: dict[str, list[tuple[float, float]]] = {}
    budgets: dict[str, list[tuple[float, float]]] = {}
    before = model.calibration
    try:
        for strategy in STRATEGIES.values():
            if strategy.has_radius:
                guide = _guide(model, strategy, texts, seed=seed)
                curves[strategy.name] = _curve(model, strategy, texts[:CURVE_TEXTS], guide, seed=seed)
                model.calibration = Calibration(curves)
                budgets[strategy.name] = _budgets(model, strategy, texts, guide, seed=seed)
    finally:
        model.calibration = before
    return Calibration(curves, budgets)


def measured_changes(
    model: TextVAE, rows: Sequence[Sequence[int]], strategy: str, changes: Sequence[float], *, seed: int
) -> list[float]:
    """The mean share of words that differ in variations of rows of piece ids, for each share asked for."""
    texts = _texts(model, rows)
    guide = _guide(model, STRATEGIES[strategy], texts, seed=seed)
    varier = Varier(model, Sampling(strategy=strategy, seed=seed), guide)
    budgets = [model.calibration.budget(strategy, change) for change in changes]
    return _changes(varier, texts, budgets)


def _texts(model: TextVAE, rows: Sequence[Sequence[int]]) -> list[list[Segment]]:
    segments = cut(model.tokenizer.decode(rows), tokenizer=model.tokenizer, max_len=model.max_len)
    groups = [segments[start : start + SEGMENTS_A_TEXT] for start in range(0, len(segments), SEGMENTS_A_TEXT)]
    return [[segment for of_row in group for segment in of_row if segment.ids] for group in groups]


def _guide(model: TextVAE, strategy: Strategy, texts: Sequence[Sequence[Segment]], *, seed: int) -> Guide:
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
    model: TextVAE, strategy: Strategy, texts: Sequence[Sequence[Segment]], guide: Guide, *, seed: int
) -> list[tuple[float, float]]:
    tasks = [
        Task(segment, str(number), place) for number, text in enumerate(texts) for place, segment in enumerate(text)
    ]
    radii = [radius for radius in RADII if radius <= (strategy.largest_radius or 0)]
    tries = decode_tries(model, tasks, guide, Decoding(), radii=radii, seed=seed)
    changes = [
        [changed_words(task.segment.protected.masked, text) for text in of_task]
        for task, of_task in zip(tasks, tries, strict=True)
    ]
    return [(radius, float(share)) for radius, share in zip(radii, np.mean(changes, 0), strict=True)]


def _budgets(
    model: TextVAE, strategy: Strategy, texts: Sequence[Sequence[Segment]], guide: Guide, *, seed: int
) -> list[tuple[float, float]]:
    varier = Varier(model, Sampling(strategy=strategy.name, seed=seed), guide)
    return list(zip(BUDGETS, _changes(varier, texts, BUDGETS), strict=True))


def _changes(varier: Varier, texts: Sequence[Sequence[Segment]], budgets: Sequence[float]) -> list[float]:
    """The mean change of variations made with each budget; a text counts by its words."""
    keys = [(str(number), 0) for number in range(len(texts))]
    words = [sum(len(segment.text.split()) for segment in text) for text in texts]
    found = [[variation.change for variation in varier(texts, keys=keys, budget=asked)] for asked in budgets]
    return [float(np.average(changes, weights=words)) for changes in found]
