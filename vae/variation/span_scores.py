"""Scores spans: how well runs of pieces fit in their places, by a masked decoder that does not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from tokenizer.tokenizer import EOS
from vae.latent.noise import normal
from vae.models.masked import Seen, masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from vae.latent.noise import Key
    from vae.loaded_model import LoadedModel

APART = 8
"""The fewest pieces that the decoder sees between two spans that are hidden in one row."""

SCORED_ROWS = 16
"""The most rows that are read together."""


class Span(NamedTuple):
    """The pieces from `start` to before `end` of a text, and the pieces `new` that replace them."""

    start: int
    end: int
    new: tuple[int, ...]


class _Row(NamedTuple):
    """A text with the new pieces of some spans: its `ids`, and the (start, end) `places` of the new pieces.

    Latents are read from `source`, which has as many pieces, because slots belong to runs of pieces: in the place of
    new pieces it holds the old ones, some of them repeated or left out.
    """

    ids: tuple[int, ...]
    source: tuple[int, ...]
    places: tuple[tuple[int, int], ...]


def packed_spans(spans: Sequence[Span], *, length: int, room: int) -> list[list[int]]:
    """Distributes spans to rows, and returns the numbers of the spans in each row.

    Every span is in one row, spans of a row are at least APART pieces apart, and no row of the text of `length` pieces
    grows beyond `room` pieces.

    Raises:
        ValueError: a single span makes the text longer than `room`.
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
    """Returns the mean log p (n,) of the new pieces of each span of a text, from its latents moved by `level`.

    Spans that are far enough apart are read in one row. The noise of the key is the same for all rows, so the result
    depends on the text, its spans and the key alone.
    """
    network = masked(model.reader)
    noise = torch.from_numpy(normal((network.slots, network.dim), key=(*key, "span"))).to(model.device)
    lines = packed_spans(spans, length=len(ids), room=model.max_len - 1)
    means = np.zeros(len(spans))
    for first in range(0, len(lines), SCORED_ROWS):
        chunk = lines[first : first + SCORED_ROWS]
        rows = [_row(tuple(ids), [spans[number] for number in line]) for line in chunk]
        source, lengths = padded_rows([row.source for row in rows], network.run, model.device)
        z = (network.encode(source, lengths).mean + level * noise).to(network.bias.dtype)
        new_ids, _ = padded_rows([row.ids for row in rows], network.run, model.device)
        hidden = torch.zeros_like(new_ids, dtype=torch.bool)
        for line, row in enumerate(rows):
            for start, end in row.places:
                hidden[line, start:end] = True
        real = torch.arange(new_ids.shape[1], device=model.device) < lengths[:, None]
        levels = torch.full((len(rows),), level, device=model.device)
        features = network.features(z, Seen(new_ids, hidden, real, levels))
        log_p = network.scores(features[hidden]).float().log_softmax(-1)
        own = log_p.gather(1, new_ids[hidden][:, None])[:, 0].double().cpu().numpy()
        sizes = np.array([end - start for row in rows for start, end in row.places])
        means[[number for line in chunk for number in line]] = np.add.reduceat(own, np.cumsum(sizes) - sizes) / sizes
    return means


def _row(ids: tuple[int, ...], spans: Sequence[Span]) -> _Row:
    """Returns the row of a text with the new pieces of some of its spans, which are sorted by place."""
    new_ids: list[int] = []
    source: list[int] = []
    places = []
    done = 0
    for start, end, new in spans:
        old = ids[start:end]
        new_ids += ids[done:start]
        source += ids[done:start]
        places.append((len(new_ids), len(new_ids) + len(new)))
        new_ids += new
        source += [old[place * len(old) // len(new)] for place in range(len(new))]
        done = end
    return _Row((*new_ids, *ids[done:]), (*source, *ids[done:]), tuple(places))


def padded_rows(rows: Sequence[Sequence[int]], run: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Returns rows with end markers, (n, width), and their lengths, (n,); the width is a multiple of `run`."""
    lengths = torch.tensor([len(row) + 1 for row in rows])
    padded = torch.zeros(len(rows), -(-int(lengths.max()) // run) * run, dtype=torch.long)
    for line, row in enumerate(rows):
        padded[line, : len(row) + 1] = torch.tensor([*row, EOS])
    return padded.to(device), lengths.to(device)
