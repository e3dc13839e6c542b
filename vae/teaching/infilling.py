"""The loss that teaches a masked text VAE what people write in a place.

The model reads a text with some places hidden, and the latents of its old wording; it learns to write the new wording.
"""

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
"""Most pieces of a span that is learned from, in the old wording and in the new."""

_OTHERS = 1 / 3
"""Share of the texts in which words beside the span are hidden too."""

OTHERS_SHARE = (0.05, 0.15)
"""Least and greatest share of the other words that are hidden in these texts."""

IMPOSSIBLE = -1e9
"""The score of the old piece, which makes its probability 0."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """A text, and what people write in it from piece `first` on.

    `source` holds the pieces that the encoder reads: the text with its old words, spread over as many pieces as the new
    words have, so that slots stay aligned with pieces. `ids`, of the same length, has the new words. `wanted` lists for
    each place of the span the pieces that may stand there, with their weights.
    """

    source: tuple[int, ...]
    ids: tuple[int, ...]
    first: int
    wanted: tuple[Mapping[int, float], ...]
    weight: float = 1.0


def spread(old: Sequence[int], places: int) -> list[int]:
    """Stretches or thins pieces to a number of places; each place gets the piece nearest to it."""
    return [old[min(len(old) - 1, int((place + 0.5) * len(old) / places))] for place in range(places)]


def reworded(exchange: Exchange, tokenizer: Tokenizer, *, longest: int) -> Example | None:
    """Returns an exchange as an example of at most `longest` pieces; None if a span is empty or beyond LONGEST_SPAN."""
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
    """Returns where two texts begin to differ, and where the difference ends in each, at the bounds of words."""
    shorter = min(len(old), len(new))
    start = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    same_end = next((back for back in range(shorter - start) if old[-1 - back] != new[-1 - back]), shorter - start)
    begins = tokenizer.begins_word
    while start and not all(place < len(row) and begins[row[place]] for row, place in ((old, start), (new, start))):
        start -= 1
    while same_end and _continues_word(tokenizer, new[-same_end]):
        same_end -= 1
    return start, len(old) - same_end, len(new) - same_end


def _continues_word(tokenizer: Tokenizer, piece: int) -> bool:
    """Returns whether a piece belongs to the word of the piece before it."""
    return not tokenizer.begins_word[piece] and tokenizer.pieces[piece][0].isalnum()


def around(left: Sequence[int], right: Sequence[int], room: int) -> tuple[Sequence[int], Sequence[int]]:
    """Cuts the pieces left and right of a place to `room` in all, half on each side where both sides have that many."""
    half = room // 2
    before = min(len(left), max(half, room - len(right)))
    return left[len(left) - before :], right[: room - before]


@dataclass(frozen=True, kw_only=True, eq=False)
class InfillingBatch:
    """Examples as tensors, padded to one width.

    `source` and `ids` are (n, width), `lengths` (n,). `asked` (n, width) marks the places to predict, which are
    numbered from the first text to the last; `old` (places,) has the piece of the source there, `rows` (places,) the
    number of the text. The m wanted pieces are given by `places` (m,), `pieces` (m,) and `shares` (m,), which sum to 1
    at each place.
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
        cls, examples: Sequence[Example], *, run: int, device: torch.device, random: Random | None = None
    ) -> InfillingBatch:
        """Puts examples together, with a width of whole runs.

        Args:
            examples: n of them.
            run: pieces of a slot.
            device: where the model is.
            random: draws half of the texts with longer spans, in which only some places are hidden and the others show
                the new words. None hides every span whole.
        """
        width = -(-max(len(each.ids) for each in examples) // run) * run
        source, ids = (torch.full((len(examples), width), PAD) for _ in range(2))
        asked = torch.zeros(len(examples), width, dtype=torch.bool)
        wanted: list[tuple[int, int, float]] = []
        place = 0
        for row, each in enumerate(examples):
            source[row, : len(each.ids)] = torch.tensor(each.source)
            ids[row, : len(each.ids)] = torch.tensor(each.ids)
            for offset in _asked_offsets(len(each.wanted), random):
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


def _asked_offsets(places: int, random: Random | None) -> list[int]:
    """Draws the places of a span to predict, counted from its first."""
    if random is None or places == 1 or random.random() < 0.5:
        return list(range(places))
    return sorted(random.sample(range(places), random.randint(1, places)))


def asked_scores(module: MaskedVAE, batch: InfillingBatch, z: Tensor, levels: Tensor, hidden: Tensor) -> Tensor:
    """Returns log p (places, vocab) at each place asked for; the old piece has probability 0 unless it is wanted.

    Args:
        module: the model.
        batch: n texts.
        z: latents, (n, slots, dim).
        levels: how far the latents were moved, (n,).
        hidden: the pieces that the decoder does not see, (n, width).
    """
    real = torch.arange(batch.ids.shape[1], device=batch.ids.device) < batch.lengths[:, None]
    states = module.features(z, Seen(batch.ids, hidden, real, levels))[batch.asked]
    scores = functional.linear(states, module.embedding.weight, module.bias).float()
    kept = batch.places[batch.pieces == batch.old[batch.places]]
    exchanged = torch.ones(len(scores), dtype=torch.bool, device=scores.device).index_fill(0, kept, value=False)
    excluded = exchanged.nonzero()[:, 0]
    impossible = torch.tensor(IMPOSSIBLE, device=scores.device)
    return scores.index_put((excluded, batch.old[excluded]), impossible).log_softmax(-1)


def rewording_loss(module: MaskedVAE, batch: InfillingBatch, levels: Tensor) -> Tensor:
    """Returns the nats of what people wrote, (): the mean over the places of a text, then over the texts.

    The encoder has no gradient.

    Args:
        module: the model whose decoder is taught.
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
    """Draws whole words to hide beside the span in _OTHERS of the texts, (n, width)."""
    n, width = ids.shape
    drawn = torch.rand(n, width + 1, device=ids.device).gather(1, module.begins[ids].long().cumsum(1))
    low, high = OTHERS_SHARE
    share = low + (high - low) * torch.rand(n, 1, device=ids.device)
    some = torch.rand(n, 1, device=ids.device) < _OTHERS
    return (drawn < share) & some & (ids > EOS)
