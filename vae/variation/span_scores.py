"""How well runs of pieces fit where they stand, by a masked decoder that does not see them."""

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
    from vae.models.masked import MaskedVAE
    from vae.text_vae import TextVAE

ROWS = 8
"""Rows read together, always: the rounding of a matrix product depends on its shape."""


class SpanRow(NamedTuple):
    """Pieces of a text of which `start` to `end` are hidden; its latents are those of `source`, of as many pieces."""

    ids: tuple[int, ...]
    source: tuple[int, ...]
    start: int
    end: int


def exchanged(ids: Sequence[int], start: int, end: int, new: Sequence[int]) -> SpanRow:
    """The row in which the pieces `new` stand instead of `start` to `end`.

    Slots stand for runs of pieces, so its latents are read off a source of the same length: the old pieces, some of
    them twice or left out.
    """
    old = ids[start:end]
    stretched = [old[place * len(old) // len(new)] for place in range(len(new))]
    before, behind = ids[:start], ids[end:]
    return SpanRow((*before, *new, *behind), (*before, *stretched, *behind), start, start + len(new))


@torch.inference_mode()
def span_log_p(model: TextVAE, rows: Sequence[SpanRow], *, level: float, key: Key) -> NDArray[np.float64]:
    """The mean log p of each row's hidden pieces, from its latents moved by `level`; (n,).

    Rows are read ROWS at a time, those of one width together; the same noise, by key, for all of one width.
    """
    found = np.zeros(len(rows))
    network = masked(model.reader)
    widths: dict[int, list[int]] = {}
    for number, row in enumerate(rows):
        widths.setdefault(-(-(len(row.ids) + 1) // network.run) * network.run, []).append(number)
    latents = model.encode_ids([row.source for row in rows])
    noise = torch.from_numpy(normal((network.slots, network.dim), key=(*key, "span"))).to(model.device)
    z = (latents.mean + level * noise).to(network.bias.dtype)
    for width, numbers in widths.items():
        for first in range(0, len(numbers), ROWS):
            batch = numbers[first : first + ROWS]
            filled = [*batch, *batch[:1] * (ROWS - len(batch))]
            log_p = _log_p(network, [rows[number] for number in filled], z[filled], level, width)
            found[batch] = log_p[: len(batch)]
    return found


def _log_p(network: MaskedVAE, rows: Sequence[SpanRow], z: Tensor, level: float, width: int) -> NDArray[np.float64]:
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    hidden, real = (torch.zeros(ids.shape, dtype=torch.bool) for _ in range(2))
    for line, row in enumerate(rows):
        ids[line, : len(row.ids) + 1] = torch.tensor([*row.ids, EOS])
        real[line, : len(row.ids) + 1] = True
        hidden[line, row.start : row.end] = True
    device = z.device
    ids, hidden, real = ids.to(device), hidden.to(device), real.to(device)
    levels = torch.full((len(rows),), level, device=device)
    features = network.features(z, Seen(ids, hidden, real, levels))
    scores = network.scores(features[hidden]).float().log_softmax(-1)
    own = scores.gather(1, ids[hidden][:, None])[:, 0].double().cpu().numpy()
    sizes = hidden.sum(1).cpu().numpy()
    means: NDArray[np.float64] = np.add.reduceat(own, np.cumsum(sizes) - sizes) / sizes
    return means
