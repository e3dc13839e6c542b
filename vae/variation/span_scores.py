"""How well runs of pieces fit where they stand, by a masked decoder that does not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from tokenizer.tokenizer import EOS
from vae.hardware import fast_precision
from vae.latent.noise import normal
from vae.models.masked import Seen, masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from vae.latent.noise import Key
    from vae.loaded_model import LoadedModel

APART = 8
"""Pieces that the decoder sees between two spans that are hidden in one row, at least."""

SCORED_ROWS = 16
"""Rows read together, at most."""


class Span(NamedTuple):
    """Pieces `start` to `end` of a text, and the pieces `new` that stand there instead."""

    start: int
    end: int
    new: tuple[int, ...]


class _Row(NamedTuple):
    """A text with the new pieces of some spans, at (n, 2) their places; latents are read off `source`, as long.

    Slots stand for runs of pieces, so the source holds, for new pieces, the old ones, some of them twice or left out.
    """

    ids: tuple[int, ...]
    source: tuple[int, ...]
    at: tuple[tuple[int, int], ...]


def packed_spans(spans: Sequence[Span], *, length: int, room: int) -> list[list[int]]:
    """Numbers of spans by row, APART in each: every span is in one row, and no row grows beyond `room` pieces.

    Raises ValueError for a span that alone leaves no room in a text of `length` pieces.
    """
    rows: list[list[int]] = []
    lengths: list[int] = []
    for number in sorted(range(len(spans)), key=lambda number: (spans[number], number)):
        span = spans[number]
        more = len(span.new) - (span.end - span.start)
        if length + more > room:
            raise ValueError(f"{span} leaves no room in {length} of {room} pieces")
        for line, row in enumerate(rows):
            if spans[row[-1]].end + APART <= span.start and lengths[line] + more <= room:
                row.append(number)
                lengths[line] += more
                break
        else:
            rows.append([number])
            lengths.append(length + more)
    return rows


@torch.inference_mode()
def span_log_p(
    model: LoadedModel, ids: Sequence[int], spans: Sequence[Span], *, level: float, key: Key
) -> NDArray[np.float64]:
    """The mean log p (n,) of the new pieces of each span of a text, from its latents moved by `level`.

    Spans far enough from one another are read in one row. The noise, by key, is the same for all rows, and what comes
    out depends on the text and its spans alone.
    """
    network = masked(model.reader)
    noise = torch.from_numpy(normal((network.slots, network.dim), key=(*key, "span"))).to(model.device)
    lines = packed_spans(spans, length=len(ids), room=model.max_len - 1)
    found = np.zeros(len(spans))
    for first in range(0, len(lines), SCORED_ROWS):
        chunk = lines[first : first + SCORED_ROWS]
        rows = [_row(tuple(ids), [spans[number] for number in line]) for line in chunk]
        source, lengths = padded_rows([row.source for row in rows], network.run, model.device)
        with fast_precision(model.device.type):
            latents = masked(model.module).encode(source, lengths)
        z = (latents.mean + level * noise).to(network.bias.dtype)
        now, _ = padded_rows([row.ids for row in rows], network.run, model.device)
        hidden = torch.zeros_like(now, dtype=torch.bool)
        for line, row in enumerate(rows):
            for start, end in row.at:
                hidden[line, start:end] = True
        real = torch.arange(now.shape[1], device=model.device) < lengths[:, None]
        levels = torch.full((len(rows),), level, device=model.device)
        features = network.features(z, Seen(now, hidden, real, levels))
        log_p = network.scores(features[hidden]).float().log_softmax(-1)
        own = log_p.gather(1, now[hidden][:, None])[:, 0].double().cpu().numpy()
        sizes = np.array([end - start for row in rows for start, end in row.at])
        found[[number for line in chunk for number in line]] = np.add.reduceat(own, np.cumsum(sizes) - sizes) / sizes
    return found


def _row(ids: tuple[int, ...], spans: Sequence[Span]) -> _Row:
    now: list[int] = []
    source: list[int] = []
    at = []
    done = 0
    for start, end, new in spans:
        old = ids[start:end]
        now += ids[done:start]
        source += ids[done:start]
        at.append((len(now), len(now) + len(new)))
        now += new
        source += [old[place * len(old) // len(new)] for place in range(len(new))]
        done = end
    return _Row((*now, *ids[done:]), (*source, *ids[done:]), tuple(at))


def padded_rows(rows: Sequence[Sequence[int]], run: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Rows with their end markers, padded to whole runs of the longest, (n, width), and their lengths (n,)."""
    lengths = torch.tensor([len(row) + 1 for row in rows])
    padded_rows = torch.zeros(len(rows), -(-int(lengths.max()) // run) * run, dtype=torch.long)
    for line, row in enumerate(rows):
        padded_rows[line, : len(row) + 1] = torch.tensor([*row, EOS])
    return padded_rows.to(device), lengths.to(device)
