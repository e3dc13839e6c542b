"""Scores the seams of moves: how well the words fit that meet there, by a masked decoder that sees both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from tokenizer.tokenizer import EOS
from vae.latent.noise import normal
from vae.models.masked import FARTHEST, Seen, masked
from vae.variation.span_scores import SCORED_ROWS, padded_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.latent.noise import Key
    from vae.loaded_model import LoadedModel
    from vae.variation.move import Move
    from vae.variation.words import Words

REACH = 2
"""Pieces on either side of a seam that are scored."""

TURNS = 2
"""Rows in which a text is read; each hides every TURNS-th of the scored pieces, so that the decoder sees those beside
it."""


class Seams(NamedTuple):
    """The mean and the least log p of the pieces at the seams of a move, in the new order and in the old."""

    new: float
    new_least: float
    old: float
    old_least: float


class _Text(NamedTuple):
    """The pieces of a text, and the places of those that are scored."""

    ids: tuple[int, ...]
    places: tuple[int, ...]


def seam_scores(model: LoadedModel, words: Words, moves: Sequence[Move], *, key: Key) -> list[Seams]:
    """Returns the seam scores of moves in a segment; `key` is that of the noise."""
    new = [_text(model, words, move, move.new, move.seams[1]) for move in moves]
    old = [_text(model, words, move, move.old, move.seams[0]) for move in moves]
    texts = list(dict.fromkeys((*new, *old)))
    log_p = dict(zip(texts, _log_p(model, texts, key=key), strict=True))
    return [
        Seams(*(float(value) for text in pair for value in (log_p[text].mean(), log_p[text].min())))
        for pair in zip(new, old, strict=True)
    ]


def _text(model: LoadedModel, words: Words, move: Move, order: Sequence[str], seams: Sequence[int]) -> _Text:
    """Returns the segment with the words of a move in this order, and the places within REACH pieces of its seams."""
    rows = model.tokenizer.encode([*words.words[: move.start], *order, *words.words[move.end :]])
    ids = tuple(piece for row in rows for piece in row)
    ends = np.cumsum([0, *map(len, rows)])
    cuts = [int(ends[move.start + seam]) for seam in seams]
    near = {place for cut in cuts for place in range(cut - REACH, cut + REACH) if 0 <= place < len(ids)}
    return _Text(ids[: model.max_len - 1], tuple(sorted(place for place in near if place < model.max_len - 1)))


@torch.inference_mode()
def _log_p(model: LoadedModel, texts: Sequence[_Text], *, key: Key) -> list[NDArray[np.float64]]:
    """Returns the log p of the scored pieces of each text; reads TURNS rows of each, SCORED_ROWS rows at a time."""
    network = masked(model.reader)
    noise = torch.from_numpy(normal((network.slots, network.dim), key=(*key, "seams"))).to(model.device)
    ids, lengths = padded_rows([text.ids for text in texts], network.run, model.device)
    z = (network.encode(ids, lengths).mean + FARTHEST * noise).to(network.bias.dtype)
    log_p: list[NDArray[np.float64]] = [np.zeros(len(text.places)) for text in texts]
    rows = [(number, turn) for number in range(len(texts)) for turn in range(TURNS)]
    by_width: dict[int, list[tuple[int, int]]] = {}
    for number, turn in rows:
        width = -(-(len(texts[number].ids) + 1) // network.run) * network.run
        by_width.setdefault(width, []).append((number, turn))
    for width, of_width in by_width.items():
        for first in range(0, len(of_width), SCORED_ROWS):
            batch = of_width[first : first + SCORED_ROWS]
            seen = _seen([texts[number] for number, _ in batch], [turn for _, turn in batch], width, model)
            features = network.features(z[[number for number, _ in batch]], seen)
            scores = network.scores(features[seen.hidden]).float().log_softmax(-1)
            own = scores.gather(1, seen.ids[seen.hidden][:, None])[:, 0].double().cpu().numpy()
            ends = np.cumsum(seen.hidden.sum(1).cpu().numpy())
            for line, (number, turn) in enumerate(batch):
                log_p[number][turn::TURNS] = own[ends[line - 1] if line else 0 : ends[line]]
    return log_p


def _seen(texts: Sequence[_Text], turns: Sequence[int], width: int, model: LoadedModel) -> Seen:
    """Returns the rows that the decoder reads: each text with the scored pieces of its turn hidden."""
    ids = torch.zeros(len(texts), width, dtype=torch.long)
    hidden, real = (torch.zeros(ids.shape, dtype=torch.bool) for _ in range(2))
    for line, (text, turn) in enumerate(zip(texts, turns, strict=True)):
        ids[line, : len(text.ids) + 1] = torch.tensor([*text.ids, EOS])
        real[line, : len(text.ids) + 1] = True
        hidden[line, list(text.places[turn::TURNS])] = True
    levels = torch.full((len(texts),), FARTHEST, device=model.device)
    return Seen(ids.to(model.device), hidden.to(model.device), real.to(model.device), levels)
