"""Latents to texts, in batches of one fixed shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import torch

from vae.decode.banned import banned_words
from vae.decode.beam import beam_search
from vae.decode.choices import draw, draw_top_k, draw_top_p, greedy
from vae.decode.fill import FILLED_ROWS, fill
from vae.decode.length import LengthBound
from vae.decode.loops import NoRepeat
from vae.decode.minimum_bayes_risk import most_expected
from vae.decode.stepwise import decode_stepwise
from vae.errors import UserError
from vae.models.masked import MaskedVAE
from vae.models.text_model import StepwiseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor

    from tokenizer.tokenizer import Tokenizer
    from vae.decode.mask import Mask
    from vae.models.text_model import TextModel

DECODED_ROWS = 128
"""Rows that a stepwise decoder decodes together, always: the rounding of a matrix product depends on its shape, and
fewer take longer each."""

Method = Literal["greedy", "temperature", "top-k", "top-p", "beam", "mbr"]


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How pieces are chosen, and which may not be.

    `greedy` takes the best piece, `beam` the likeliest text among `beams` beginnings. The others draw from
    softmax(scores / temperature): `temperature` from all pieces, `top-k` from the `top_k` best, `top-p` from the fewest
    best of a mass of `top_p`; `mbr` draws `candidates` texts from all pieces and takes the one most like the others
    (minimum Bayes risk).

    A run of `no_repeat` pieces comes once, or as often as in the row's source; 0 lets it come as it may. A text has at
    most `length_ratio` pieces for each of its source's, and a few. `banned` are words or phrases, in any case.

    Raises:
        UserError: a number is out of its range, or a banned word is empty.
    """

    method: Method = "greedy"
    temperature: float = 1.0
    top_k: int = 50
    top_p: float = 0.9
    beams: int = 4
    candidates: int = 8
    no_repeat: int = 0
    length_ratio: float | None = None
    banned: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        ranges = {
            "temperature above 0": self.temperature > 0,
            "top_k of at least 1": self.top_k >= 1,
            "top_p above 0, at most 1": 0 < self.top_p <= 1,
            f"beams of 1 to {DECODED_ROWS}": 1 <= self.beams <= DECODED_ROWS,
            f"candidates of 1 to {DECODED_ROWS}": 1 <= self.candidates <= DECODED_ROWS,
            "no_repeat of 0 or more": self.no_repeat >= 0,
            "length_ratio above 0": self.length_ratio is None or self.length_ratio > 0,
            "banned words that are not empty": all(word.strip() for word in self.banned),
        }
        for wanted, is_so in ranges.items():
            if not is_so:
                raise UserError(f"decoding needs {wanted}, not {getattr(self, wanted.split()[0])!r}")

    @property
    def copies(self) -> int:
        """Rows of a batch that a latent takes."""
        return {"beam": self.beams, "mbr": self.candidates}.get(self.method, 1)


@torch.inference_mode()
def decode(
    model: TextModel,
    z: Tensor,
    decoding: Decoding,
    uniforms: Tensor | None = None,
    conditions: Tensor | None = None,
    *,
    sources: Sequence[Sequence[int]] | None = None,
    tokenizer: Tokenizer | None = None,
    levels: Tensor | None = None,
    as_long: bool = False,
) -> list[list[int]]:
    """Piece ids of each row of z (n, slots, dim), cut before the end marker.

    A row without an end marker after max_len pieces is cut there. What comes out of a row does not depend on the rows
    beside it.

    Args:
        model: whose latents they are.
        z: what to decode.
        decoding: how.
        uniforms: (n, max_len) in [0, 1), for the methods that draw.
        conditions: label ids (n, labels).
        sources: the piece ids that each row is a variation of. They bound its length and may repeat themselves; rows
            of like sources are decoded together, which is faster.
        tokenizer: needed where words are banned.
        levels: how far each row was moved from its text, (n,), for a decoder that is told; None for not at all.
        as_long: whether the latents are those of texts about as long as their sources. A decoder that fills places then
            fills no more than its source has, to the next quarter of max_len.

    Raises:
        UserError: the method is not one of the model's decoder.
        ValueError: uniforms, sources or the tokenizer are needed and not given.
    """
    if decoding.length_ratio is not None and sources is None:
        raise ValueError("length_ratio bounds a text by its source: sources are needed")
    lengths = [0 if sources is None else len(sources[row]) for row in range(len(z))]
    rows: list[list[int]] = [[] for _ in lengths]
    latents = max(1, (FILLED_ROWS if isinstance(model, MaskedVAE) else DECODED_ROWS) // decoding.copies)
    for width, chunk in _chunks(model, lengths, latents, as_long=as_long and sources is not None):
        # What fills the batch up is one of its rows again, which ends when they do.
        filled = [*chunk, *chunk[:1] * (latents - len(chunk))]
        places = torch.tensor(filled, device=z.device).repeat_interleave(decoding.copies)
        decoded = _decode_batch(
            model,
            z[places].to(model.bias.dtype),
            decoding,
            None if uniforms is None else uniforms[places],
            None if conditions is None else conditions[places],
            masks=_masks(decoding, [() if sources is None else sources[place] for place in places], tokenizer),
            levels=None if levels is None else levels[places],
            width=width,
        )
        for row, pieces in zip(chunk, decoded, strict=False):
            rows[row] = pieces
    return rows


def _chunks(model: TextModel, lengths: Sequence[int], size: int, *, as_long: bool) -> Iterator[tuple[int, list[int]]]:
    """Rows that are decoded together, `size` at most, those of like lengths; and the places that they are given."""
    widths: dict[int, list[int]] = {}
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        width = _width(model, lengths[row]) if as_long and isinstance(model, MaskedVAE) else model.max_len
        widths.setdefault(width, []).append(row)
    for width, rows in widths.items():
        for start in range(0, len(rows), size):
            yield width, rows[start : start + size]


def _width(model: MaskedVAE, length: int) -> int:
    """Quarters of max_len, in whole runs, that hold so many pieces and the end marker."""
    quarter = -(-model.max_len // (4 * model.run)) * model.run
    return min(model.max_len, -(-(length + 1) // quarter) * quarter)


def _decode_batch(
    model: TextModel,
    z: Tensor,
    decoding: Decoding,
    uniforms: Tensor | None,
    conditions: Tensor | None,
    *,
    masks: Sequence[Mask],
    levels: Tensor | None,
    width: int,
) -> list[list[int]]:
    """The text of every `copies` rows, which are the same."""
    if isinstance(model, MaskedVAE):
        if decoding.method == "beam":
            raise UserError(
                "beam needs a decoder that writes from left to right; this model's fills all places at once"
            )
        pick = _pick(decoding, uniforms)
        texts = fill(model, z, conditions, width=width, levels=levels, pick=pick, masks=masks)
    elif isinstance(model, StepwiseModel):
        if decoding.method == "beam":
            return beam_search(model, z, conditions, beams=decoding.beams, masks=masks)
        texts = decode_stepwise(model, z, conditions, pick=_pick(decoding, uniforms), masks=masks)
    else:
        raise TypeError(f"{type(model).__name__} has no decoder of texts")
    if decoding.method == "mbr":
        size = decoding.candidates
        return [most_expected(texts[start : start + size]) for start in range(0, len(texts), size)]
    return texts


def _pick(decoding: Decoding, uniforms: Tensor | None) -> Callable[[Tensor, int], Tensor]:
    if decoding.method == "greedy":
        return lambda scores, _: greedy(scores)
    if uniforms is None:
        raise ValueError(f"{decoding.method} draws: uniforms are needed")
    if decoding.method == "top-k":
        draws = partial(draw_top_k, temperature=decoding.temperature, top_k=decoding.top_k)
    elif decoding.method == "top-p":
        draws = partial(draw_top_p, temperature=decoding.temperature, top_p=decoding.top_p)
    else:
        draws = partial(draw, temperature=decoding.temperature)
    copies = torch.arange(len(uniforms), device=uniforms.device)[:, None] % decoding.copies
    # Turned by a share of the circle, the numbers are uniform again (Cranley & Patterson 1976).
    turned = (uniforms + copies / decoding.copies) % 1.0
    return lambda scores, place: draws(scores, turned[:, place])


def _masks(decoding: Decoding, sources: Sequence[Sequence[int]], tokenizer: Tokenizer | None) -> list[Mask]:
    """In this order: what the last one leaves is the end marker alone."""
    masks: list[Mask] = []
    if decoding.banned:
        if tokenizer is None:
            raise ValueError("words are banned: the tokenizer is needed")
        masks.append(banned_words(decoding.banned, tokenizer))
    if decoding.no_repeat:
        masks.append(NoRepeat(decoding.no_repeat, sources))
    if decoding.length_ratio is not None:
        masks.append(LengthBound(decoding.length_ratio, sources))
    return masks
