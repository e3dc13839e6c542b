"""Measures whether a masked text VAE writes what people write, before and after it is taught."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from vae.teaching.infilling import InfillingBatch, asked_scores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from vae.models.masked import MaskedVAE
    from vae.teaching.infilling import Example
    from vae.teaching.substitutes import Judged

_LEVELS = (1.0, 1.6)
"""Levels by which latents are moved where choices of words are measured."""

SAMPLES = 4
"""Latents drawn for each text; their probabilities are averaged."""

_ROWS = 16
_FIRST = 5
_ACCEPTED = 0.5
"""A choice is right if this share of its judges accept it."""


@torch.inference_mode()
def written(module: MaskedVAE, examples: Sequence[Example], *, seed: int) -> dict[str, dict[str, float]]:
    """Returns how highly the model ranks the pieces that authors wrote, by kind of span and level.

    A span is a `word` if it has one piece, else a `phrase`. `first` and `first_5` are the shares of pieces that are the
    model's first choice and among its first five, the old piece excluded; `nats` is their mean -log p. Places where old
    and new piece are the same do not count.
    """
    ranks: dict[str, dict[str, float]] = {}
    for level in _LEVELS:
        kinds: dict[str, list[tuple[float, float, float]]] = {"word": [], "phrase": []}
        generator = torch.Generator().manual_seed(seed)
        for chosen, batch, log_p in _scored(module, examples, level, generator):
            for place, row, piece, old in zip(
                *(each.tolist() for each in (batch.places, batch.rows, batch.pieces, batch.old)), strict=True
            ):
                if piece == old:
                    continue
                better = int((log_p[place] > log_p[place, piece]).sum())
                kind = "word" if len(chosen[row].wanted) == 1 else "phrase"
                kinds[kind].append((better < 1, better < _FIRST, -float(log_p[place, piece])))
        for kind, rows in kinds.items():
            if rows:
                first, five, nats = np.mean(rows, 0).round(4).tolist()
                ranks[f"{kind}, level {level}"] = {"pieces": len(rows), "first": first, "first_5": five, "nats": nats}
    return ranks


@torch.inference_mode()
def first_choices(module: MaskedVAE, judged: Sequence[Judged], *, seed: int) -> dict[str, dict[str, float]]:
    """Returns by level how often the judges accept the model's first choice among the judged substitutes.

    A choice counts as accepted if half of the judges accept it.
    """
    choices = {}
    for level in _LEVELS:
        generator = torch.Generator().manual_seed(seed)
        shares = []
        accepted = {id(each.example): each.accepted for each in judged}
        for chosen, _, log_p in _scored(module, [each.example for each in judged], level, generator):
            for row, example in enumerate(chosen):
                share_of = accepted[id(example)]
                shares.append(share_of[max(share_of, key=lambda piece: float(log_p[row, piece]))])
        right = np.mean(np.array(shares) >= _ACCEPTED)
        choices[f"level {level}"] = {"targets": len(shares), "accepted": round(float(right), 4)}
    return choices


def _scored(
    module: MaskedVAE, examples: Sequence[Example], level: float, generator: torch.Generator
) -> Iterator[tuple[list[Example], InfillingBatch, Tensor]]:
    """Yields examples of similar length, their batch, and log p (places, vocab) at all its places.

    p is the mean over SAMPLES latents of each text.
    """
    device = module.bias.device
    ordered = sorted(examples, key=lambda each: len(each.ids))
    for start in range(0, len(ordered), _ROWS):
        chosen = ordered[start : start + _ROWS]
        batch = InfillingBatch.of(chosen, run=module.run, device=device)
        mean = module.encode(batch.source, batch.lengths).mean
        levels = torch.full((len(chosen),), level, device=device)
        noise = (torch.randn(mean.shape, generator=generator).to(device) for _ in range(SAMPLES))
        scores = [asked_scores(module, batch, mean + level * each, levels, batch.asked) for each in noise]
        yield chosen, batch, torch.stack(scores).logsumexp(0) - math.log(SAMPLES)


def better(before: dict[str, Any], after: dict[str, Any], *, forgotten: float) -> bool:
    """Returns whether the new weights are better: they write more of what people write, and forgot little.

    Args:
        before: `rewordings` as `written` returns them, and `prose`, several figures of nats of hidden pieces.
        after: the same with the new weights.
        forgotten: nats by which each figure of `prose` may have risen.
    """
    gains = [after["rewordings"][name]["first"] - row["first"] for name, row in before["rewordings"].items()]
    return remembers(before["prose"], after["prose"], forgotten=forgotten) and sum(gains) > 0


def remembers(before: dict[str, float], after: dict[str, float], *, forgotten: float) -> bool:
    """Returns whether no figure, in nats, has risen by more than `forgotten`."""
    return all(after[name] <= nats + forgotten for name, nats in before.items())
