"""Decodes latents to texts, in batches of one fixed shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import torch

from vae.decode.banned import banned_words
from vae.decode.beam import beam_search
from vae.decode.choices import draw, draw_top_k, draw_top_p, greedy
from vae.decode.fill import FILLED_ROWS, fill
from vae.decode.minimum_bayes_risk import most_expected
from vae.decode.stepwise import decode_stepwise
from vae.errors import UserError
from vae.models.masked import MaskedVAE
from vae.models.text_model import StepwiseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor

    from tokenizer.tokenizer import Tokenizer
    from vae.decode.banned import BannedPieces
    from vae.models.text_model import TextModel

DECODED_ROWS = 128
"""Rows in each batch of a stepwise decoder. The number is fixed, since the rounding of a matrix product depends on its
shape; smaller batches take longer for each row."""

CANDIDATES = 8
"""Texts that `mbr` draws for each latent."""

Method = Literal["greedy", "temperature", "top-k", "top-p", "beam", "mbr"]


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How the pieces of a text are chosen, and which words must not come out.

    Attributes:
        method: `greedy` takes the best piece at each place, and `beam` finds a likely text by beam search. The others
            draw pieces from softmax(scores / temperature): `temperature` from all pieces, `top-k` from the `top_k`
            best, `top-p` from the fewest best pieces whose mass reaches `top_p`. `mbr` draws CANDIDATES texts from all
            pieces and takes the one that is most like the others (minimum Bayes risk).
        temperature: of the methods that draw.
        top_k: pieces that `top-k` draws from.
        top_p: mass of the pieces that `top-p` draws from.
        beams: beginnings that `beam` keeps.
        banned: words or phrases that must not come out, whatever their case.

    Raises:
        UserError: a number is out of its range, or a banned word is empty.
    """

    method: Method = "greedy"
    temperature: float = 1.0
    top_k: int = 50
    top_p: float = 0.9
    beams: int = 4
    banned: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        ranges = {
            "temperature above 0": self.temperature > 0,
            "top_k of at least 1": self.top_k >= 1,
            "top_p above 0, at most 1": 0 < self.top_p <= 1,
            f"beams of 1 to {DECODED_ROWS}": 1 <= self.beams <= DECODED_ROWS,
            "banned words that are not empty": all(word.strip() for word in self.banned),
        }
        for requirement, is_met in ranges.items():
            if not is_met:
                raise UserError(f"decoding needs {requirement}, not {getattr(self, requirement.split()[0])!r}")

    @property
    def copies(self) -> int:
        """Rows of a batch that each latent takes."""
        return {"beam": self.beams, "mbr": CANDIDATES}.get(self.method, 1)


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
    """Returns the piece ids of the text of each latent, without the end marker.

    A text has at most max_len pieces. It does not depend on the other latents.

    Args:
        model: the model whose latents they are.
        z: latents, (n, slots, dim).
        decoding: how pieces are chosen.
        uniforms: numbers in [0, 1), (n, max_len), for the methods that draw.
        conditions: label ids, (n, labels).
        sources: the piece ids of the texts that the latents were made from. Rows whose sources are about as long are
            decoded together, which is faster.
        tokenizer: needed where words are banned.
        levels: how far each latent was moved from its text, (n,), which a masked decoder reads; None for not at all.
        as_long: whether the texts are about as long as their sources. A masked decoder then has only as many places as
            the source needs, in quarters of max_len.

    Raises:
        UserError: the model's decoder does not support the method.
        ValueError: uniforms or the tokenizer are needed and not given.
    """
    banned = _banned(decoding, tokenizer)
    lengths = [0 if sources is None else len(sources[row]) for row in range(len(z))]
    rows: list[list[int]] = [[] for _ in lengths]
    latents = (FILLED_ROWS if isinstance(model, MaskedVAE) else DECODED_ROWS) // decoding.copies
    for width, chunk in _chunks(model, lengths, latents, as_long=as_long and sources is not None):
        # Copies of the first row fill up the batch: they end when that row does.
        filled = [*chunk, *chunk[:1] * (latents - len(chunk))]
        places = torch.tensor(filled, device=z.device).repeat_interleave(decoding.copies)
        decoded = _decode_batch(
            model,
            z[places].to(model.bias.dtype),
            decoding,
            None if uniforms is None else uniforms[places],
            None if conditions is None else conditions[places],
            banned=banned,
            levels=None if levels is None else levels[places],
            width=width,
        )
        for row, pieces in zip(chunk, decoded, strict=False):
            rows[row] = pieces
    return rows


def _banned(decoding: Decoding, tokenizer: Tokenizer | None) -> BannedPieces | None:
    if not decoding.banned:
        return None
    if tokenizer is None:
        raise ValueError("words are banned: the tokenizer is needed")
    return banned_words(decoding.banned, tokenizer)


def _chunks(model: TextModel, lengths: Sequence[int], size: int, *, as_long: bool) -> Iterator[tuple[int, list[int]]]:
    """Yields the width of each batch and its rows, at most `size`, which have sources of like lengths."""
    rows_by_width: dict[int, list[int]] = {}
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        width = _width(model, lengths[row]) if as_long and isinstance(model, MaskedVAE) else model.max_len
        rows_by_width.setdefault(width, []).append(row)
    for width, rows in rows_by_width.items():
        for start in range(0, len(rows), size):
            yield width, rows[start : start + size]


def _width(model: MaskedVAE, length: int) -> int:
    """Returns the number of places for `length` pieces and the end marker: quarters of max_len, in whole runs."""
    quarter = -(-model.max_len // (4 * model.run)) * model.run
    return min(model.max_len, -(-(length + 1) // quarter) * quarter)


def _decode_batch(
    model: TextModel,
    z: Tensor,
    decoding: Decoding,
    uniforms: Tensor | None,
    conditions: Tensor | None,
    *,
    banned: BannedPieces | None,
    levels: Tensor | None,
    width: int,
) -> list[list[int]]:
    """Returns one text for every `decoding.copies` rows; these rows are copies of one latent."""
    if isinstance(model, MaskedVAE):
        if decoding.method == "beam":
            raise UserError(
                "beam needs a decoder that writes from left to right; this model's fills all places at once"
            )
        pick = _pick(decoding, uniforms)
        texts = fill(model, z, conditions, width=width, levels=levels, pick=pick, banned=banned)
    elif isinstance(model, StepwiseModel):
        if decoding.method == "beam":
            return beam_search(model, z, conditions, beams=decoding.beams, banned=banned)
        texts = decode_stepwise(model, z, conditions, pick=_pick(decoding, uniforms), banned=banned)
    else:
        raise TypeError(f"{type(model).__name__} has no decoder of texts")
    if decoding.method == "mbr":
        return [most_expected(texts[start : start + CANDIDATES]) for start in range(0, len(texts), CANDIDATES)]
    return texts


def _pick(decoding: Decoding, uniforms: Tensor | None) -> Callable[[Tensor, int], Tensor]:
    """Returns the function that chooses the piece of each row, (n,), by the scores (n, vocab) of a place."""
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
    # Each copy shifts the numbers by its own share of 1, modulo 1: they stay uniform (Cranley & Patterson 1976).
    shifted = (uniforms + copies / decoding.copies) % 1.0
    return lambda scores, place: draws(scores, shifted[:, place])
