"""Measures how evenly texts change on the path between the latents of two texts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.decode.decoding import Decoding, decode
from vae.latent.strategies import slerp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.loaded_model import LoadedModel

POINTS = 9
"""The number of texts on a path, with both ends."""


@dataclass(frozen=True)
class Interpolation:
    """Means of `path_smoothness` and `path_largest_step` over paths.

    Neither says enough alone: a single jump has no detour, and a detour may have even steps.
    """

    smoothness: float
    largest_step: float


def interpolation(model: LoadedModel, rows: Sequence[Sequence[int]]) -> Interpolation:
    """Measures the paths from each of these rows of piece ids to the next, and from the last to the first.

    A path is the greedily decoded texts of POINTS latents on the great circle between two posterior means.
    """
    means = model.encode_ids(rows).mean
    shares = [place / (POINTS - 1) for place in range(POINTS)]
    z = [
        slerp(first, second, share) for first, second in zip(means, means.roll(-1, 0), strict=True) for share in shares
    ]
    decoded = decode(model.decoder, torch.stack(z), Decoding())
    texts = [text.split() for text in model.tokenizer.decode(decoded)]
    paths = [texts[start : start + POINTS] for start in range(0, len(texts), POINTS)]
    return Interpolation(
        smoothness=float(np.mean([path_smoothness(path) for path in paths])),
        largest_step=float(np.mean([path_largest_step(path) for path in paths])),
    )


def path_smoothness(path: Sequence[Sequence[str]]) -> float:
    """Returns d(first, last) / sum of d(neighbours), 0 to 1; 1 has no detour, and a path without any change gives 0.

    This is the interpolation smoothness of Zhang, Carvalho & Freitas 2024, "Learning Disentangled Semantic Spaces of
    Explanations via Invertible Neural Networks", with the edit distance of words as d instead of a distance of word
    vectors.
    """
    length = sum(_steps(path))
    return word_edits(path[0], path[-1]) / length if length else 0.0


def path_largest_step(path: Sequence[Sequence[str]]) -> float:
    """Returns max d(neighbours) / mean d(neighbours): 1 if all steps are alike, their number if one has all changes.

    A path without any change gives the number of steps, too.
    """
    steps = _steps(path)
    return max(steps) * len(steps) / sum(steps) if any(steps) else float(len(steps))


def _steps(path: Sequence[Sequence[str]]) -> list[int]:
    return [word_edits(first, second) for first, second in pairwise(path)]


def word_edits(first: Sequence[str], second: Sequence[str]) -> int:
    """Returns the least number of words to insert, delete or replace that turns the first text into the second.

    It is computed as by Wagner & Fischer 1974 (the distance of Levenshtein 1966).
    """
    above = list(range(len(second) + 1))
    for row, word in enumerate(first, 1):
        here = [row]
        for column, other in enumerate(second, 1):
            here.append(min(above[column] + 1, here[-1] + 1, above[column - 1] + (word != other)))
        above = here
    return above[-1]
