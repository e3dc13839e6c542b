"""What becomes of a text on the way to another one."""

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
"""Texts on a path, both ends included."""


@dataclass(frozen=True)
class Interpolation:
    """Means over paths; neither of the first two tells enough alone, for one jump is straight and a detour may be even.

    `smoothness` and `largest_step` as `path_smoothness` and `path_largest_step` say.
    """

    smoothness: float
    largest_step: float


def interpolation(model: LoadedModel, rows: Sequence[Sequence[int]]) -> Interpolation:
    """Greedy texts along the great circles from each of these rows of piece ids to the next, the last to the first."""
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
    """d(first, last) / sum of d(neighbours), 0 to 1 (no detour); a path on which nothing changes is 0.

    Interpolation smoothness of Zhang, Carvalho & Freitas 2024, "Learning Disentangled Semantic Spaces of Explanations
    via Invertible Neural Networks", with d the edit distance of words in place of theirs over word vectors.
    """
    length = sum(_steps(path))
    return word_edits(path[0], path[-1]) / length if length else 0.0


def path_largest_step(path: Sequence[Sequence[str]]) -> float:
    """max d(neighbours) / mean d(neighbours): 1 where all steps are alike, their number where all happens in one.

    It is their number, too, on a path on which nothing changes.
    """
    steps = _steps(path)
    return max(steps) * len(steps) / sum(steps) if any(steps) else float(len(steps))


def _steps(path: Sequence[Sequence[str]]) -> list[int]:
    return [word_edits(first, second) for first, second in pairwise(path)]


def word_edits(first: Sequence[str], second: Sequence[str]) -> int:
    """Words to put in, take out or exchange to make one text the other (Levenshtein 1966; Wagner & Fischer 1974)."""
    above = list(range(len(second) + 1))
    for row, word in enumerate(first, 1):
        here = [row]
        for column, other in enumerate(second, 1):
            here.append(min(above[column] + 1, here[-1] + 1, above[column - 1] + (word != other)))
        above = here
    return above[-1]
