"""Teaching a masked text VAE what people write instead: hidden places of a text, the latents of its old wording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from tokenizer.tokenizer import EOS, PAD
from vae.models.masked import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from tokenizer.tokenizer import Tokenizer
    from vae.models.masked import MaskedVAE
    from vae.teaching.revisions import Exchange

LONGEST_SPAN = 6
"""Pieces of a span that is learned from, old or new."""

_OTHERS = 1 / 3
OTHERS_SHARE = (0.05, 0.15)
"""In that share of the texts so many other words are hidden too."""

IMPOSSIBLE = -1e9
"""The score of the old piece where another is asked for."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """A text, and what people write from piece `first` on.

    `source` are the pieces that the latents are read off: the text with its old words, laid out over as many pieces as
    the new ones have, so that slots stay aligned with pieces. `ids`, of the same length, has the new words. `wanted`
    are, place by place, the pieces that may stand there, each with its weight.
    """

    source: tuple[int, ...]
    ids: tuple[int, ...]
    first: int
    wanted: tuple[Mapping[int, float], ...]
    weight: float = 1.0


def spread(old: Sequence[int], places: int) -> list[int]:
    """Pieces laid out over so many places, stretched or thinned: each place has the piece nearest to it."""
    return [old[min(len(old) - 1, int((place + 0.5) * len(old) / places))] for place in range(places)]


def reworded(exchange: Exchange, tokenizer: Tokenizer, *, longest: int) -> Example | None:
    """An exchange as pieces, of at most `longest`; None if a span is empty or has more than LONGEST_SPAN pieces."""
    texts = [tokenizer.protect(text).masked for text in (exchange.old_text, exchange.new_text)]
    old, new = tokenizer.encode(texts)
    if old == new:
        return None
    start, old_end, new_end = differing(old, new, tokenizer)
    span, wanted = old[start:old_end], new[start:new_end]
    if not (0 < len(span) <= LONGEST_SPAN and 0 < len(wanted) <= LONGEST_SPAN):
        return None
    left, right = around(new[:start], [*new[new_end:], EOS], longest - len(wanted))
    return Example(
        source=(*left, *spread(span, len(wanted)), *right),
        ids=(*left, *wanted, *right),
        first=len(left),
        wanted=tuple({piece: 1.0} for piece in wanted),
        weight=exchange.weight,
    )


def differing(old: Sequence[int], new: Sequence[int], tokenizer: Tokenizer) -> tuple[int, int, int]:
    """Where two texts differ, in whole words: where that begins, and where it ends in each."""
    shorter = min(len(old), len(new))
    start = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    same = next((back for back in range(shorter - start) if old[-1 - back] != new[-1 - back]), shorter - start)
    begins = tokenizer.begins_word
    while start and not all(place < len(row) and begins[row[place]] for row, place in ((old, start), (new, start))):
        start -= 1
    while same and _goes_on(tokenizer, new[-same]):
        same -= 1
    return start, len(old) - same, len(new) - same


def _goes_on(tokenizer: Tokenizer, piece: int) -> bool:
    """Whether a piece goes on with the word before it."""
    return not tokenizer.begins_word[piece] and tokenizer.pieces[piece][0].isalnum()


def around(left: Sequence[int], right: Sequence[int], room: int) -> tuple[Sequence[int], Sequence[int]]:
    """What is nearest to a place of the pieces on its sides, `room` in all, half on each where both have so many."""
    half = room // 2
    before = min(len(left), max(half, room - len(right)))
    return left[len(left) - before :], right[: room - before]


@dataclass(frozen=True, kw_only=True, eq=False)
class InfillingBatch:
    """Examples together: `source`, `ids`, `asked` (n, width), `lengths` (n,); of each piece wanted its place and share.

    `places` (m,) count the asked ones from the first text to the last, `pieces` (m,) are what is wanted there, and
    `shares` (m,) its share of what is; `old` (places,) is the piece of the source, `rows` (places,) the text.
    """

    source: Tensor
    ids: Tensor
    lengths: Tensor
    asked: Tensor
    places: Tensor
    pieces: Tensor
    shares: Tensor
    old: Tensor
    rows: Tensor

    @classmethod
    def of(
        cls, examples: Sequence[Example], *, run: int, device: torch.device, told: Random | None = None
    ) -> InfillingBatch:
        """Padded to whole runs.

        Args:
            examples: n of them.
            run: pieces of a slot.
            device: where the model is.
            told: in half of the texts, drawn by it, only some places of a longer span are asked for: the others are
                there already. None asks for all.
        """
        width = -(-max(len(each.ids) for each in examples) // run) * run
        source, ids = (torch.full((len(examples), width), PAD) for _ in range(2))
        asked = torch.zeros(len(examples), width, dtype=torch.bool)
        wanted: list[tuple[int, int, float]] = []
        place = 0
        for row, each in enumerate(examples):
            source[row, : len(each.ids)] = torch.tensor(each.source)
            ids[row, : len(each.ids)] = torch.tensor(each.ids)
            for offset in _asked_for(len(each.wanted), told):
                asked[row, each.first + offset] = True
                total = sum(each.wanted[offset].values())
                wanted += [(place, piece, weight / total) for piece, weight in each.wanted[offset].items()]
                place += 1
        places, pieces, shares = zip(*wanted, strict=True)
        return cls(
            source=source.to(device),
            ids=ids.to(device),
            lengths=torch.tensor([len(each.ids) for each in examples]).to(device),
            asked=asked.to(device),
            places=torch.tensor(places).to(device),
            pieces=torch.tensor(pieces).to(device),
            shares=torch.tensor(shares).to(device),
            old=source[asked].to(device),
            rows=asked.nonzero()[:, 0].to(device),
        )


def _asked_for(places: int, told: Random | None) -> list[int]:
    if told is None or places == 1 or told.random() < 0.5:
        return list(range(places))
    return sorted(told.sample(range(places), told.randint(1, places)))


def asked_scores(module: MaskedVAE, batch: InfillingBatch, z: Tensor, levels: Tensor, hidden: Tensor) -> Tensor:
    """log p (places, vocab) of what stands at each place asked for, the old piece not among what may, unless wanted.

    Args:
        module: reads the texts where they are not hidden.
        batch: n texts.
        z: latents, (n, slots, dim).
        levels: how far they were moved, (n,).
        hidden: (n, width).
    """
    real = torch.arange(batch.ids.shape[1], device=batch.ids.device) < batch.lengths[:, None]
    states = module.features(z, Seen(batch.ids, hidden, real, levels))[batch.asked]
    scores = functional.linear(states, module.embedding.weight, module.bias).float()
    again = batch.places[batch.pieces == batch.old[batch.places]]
    exchanged = torch.ones(len(scores), dtype=torch.bool, device=scores.device).index_fill(0, again, value=False)
    excluded = exchanged.nonzero()[:, 0]
    impossible = torch.tensor(IMPOSSIBLE, device=scores.device)
    return scores.index_put((excluded, batch.old[excluded]), impossible).log_softmax(-1)


def rewording_loss(module: MaskedVAE, batch: InfillingBatch, levels: Tensor) -> Tensor:
    """Nats that what people wrote costs a text, the mean over its places asked for, (): the latents are not learned.

    Args:
        module: its decoder is taught.
        batch: n texts.
        levels: how far the latents of each old text are moved, (n,), in standard deviations of the prior.
    """
    with torch.no_grad():
        mean = module.encode(batch.source, batch.lengths).mean
    z = mean + levels[:, None, None] * torch.randn_like(mean)
    log_p = asked_scores(module, batch, z, levels, batch.asked | _others(module, batch.ids))
    nats = torch.zeros(len(log_p), device=log_p.device)
    nats = nats.index_add(0, batch.places, -batch.shares * log_p[batch.places, batch.pieces])
    return (nats / batch.asked.sum(1)[batch.rows]).sum() / len(levels)


def _others(module: MaskedVAE, ids: Tensor) -> Tensor:
    """Other words that are hidden too, (n, width)."""
    n, width = ids.shape
    drawn = torch.rand(n, width + 1, device=ids.device).gather(1, module.begins[ids].long().cumsum(1))
    low, high = OTHERS_SHARE
    share = low + (high - low) * torch.rand(n, 1, device=ids.device)
    some = torch.rand(n, 1, device=ids.device) < _OTHERS
    return (drawn < share) & some & (ids > EOS)
