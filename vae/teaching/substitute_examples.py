"""Gives judged substitutes the features that replacements have which the masked model proposes itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from tokenizer.tokenizer import EOS, WORD_START
from vae.latent.noise import normal, uniform
from vae.models.masked import FARTHEST, Seen, masked
from vae.variation.place_scores import FAR_LATENTS, NEAR, NEAR_LATENTS
from vae.variation.replacement import Replacement
from vae.variation.word_proposals import Vocabulary
from vae.variation.words import bare_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.teaching.substitution_corpora import Substitute, Target
    from vae.text_vae import TextVAE

BESIDE = 28
"""Pieces that the model reads on each side of the target."""

ALSO_HIDDEN = 0.2
"""Share of the other pieces that are hidden too, as they are when half of all free words are scored together."""

_FEWEST = 3
"""A target needs this many substitutes, so that there is something to choose."""


@dataclass(frozen=True)
class JudgedPlace:
    """The words of a text, and judged substitutes for some of them; `replacements` are the same substitutes, in order.

    `context` is the `letters_and_digits` of the text if it is from SWORDS, else empty.
    """

    words: tuple[str, ...]
    context: str
    replacements: tuple[Replacement, ...]
    substitutes: tuple[Substitute, ...]


def judged_places(model: TextVAE, targets: Sequence[Target]) -> list[JudgedPlace]:
    """Returns the targets of one piece that have at least _FEWEST substitutes of one piece, with these substitutes."""
    ids = {piece: number for number, piece in enumerate(model.tokenizer.pieces)}
    vocabulary = Vocabulary.of(model)
    places = []
    for target in targets:
        old = ids.get(WORD_START + target.text[target.start : target.end])
        substitutes = [each for each in target.substitutes if WORD_START + each.words in ids]
        if old is None or len(substitutes) < _FEWEST:
            continue
        words = tuple(target.text.split())
        place = len(target.text[: target.start + 1].split()) - 1
        if bare_case(words[place]) != target.text[target.start : target.end]:
            continue  # the target is a part of a hyphenated word
        near, far = _log_p(model, target, old)
        replacements = []
        for each in substitutes:
            new = ids[WORD_START + each.words]
            used, meant = (
                float(vectors[old] @ vectors[new]) if vectors.shape[1] else 0.0
                for vectors in (vocabulary.usage, vocabulary.meaning)
            )
            replacements.append(
                Replacement(
                    place,
                    place + 1,
                    (each.words,),
                    near_new=float(near[new]),
                    near_old=float(near[old]),
                    far_new=float(far[new]),
                    far_old=float(far[old]),
                    used=used,
                    meant=meant,
                )
            )
        places.append(JudgedPlace(words, target.context, tuple(replacements), tuple(substitutes)))
    return places


@torch.inference_mode()
def _log_p(model: TextVAE, target: Target, old: int) -> tuple[Tensor, Tensor]:
    """Returns log p (vocab,) of every piece in the target's place, from near and from far latents."""
    network = masked(model.reader)
    before, behind = model.tokenizer.encode([target.text[: target.start].rstrip(), "x" + target.text[target.end :]])
    (mark,) = model.tokenizer.encode(["x"])
    before = before[-BESIDE:]
    ids = [*before, old, *behind[len(mark) :][:BESIDE]]
    width = -(-(len(ids) + 1) // network.run) * network.run
    key = (target.context, target.start)
    hidden = torch.from_numpy(uniform(width, key=(*key, "hidden")) < ALSO_HIDDEN)
    hidden[len(ids) :] = False
    hidden[len(before)] = True
    levels = torch.tensor([NEAR] * NEAR_LATENTS + [FARTHEST] * FAR_LATENTS, device=model.device)
    noise = np.stack([normal((network.slots, network.dim), key=(*key, number)) for number in range(len(levels))])
    z = model.encode_ids([ids]).mean + levels[:, None, None] * torch.from_numpy(noise).to(model.device)
    row = functional.pad(torch.tensor([*ids, EOS], device=model.device), (0, width - len(ids) - 1))
    seen = Seen(
        ids=row.expand(len(levels), -1),
        hidden=hidden.to(model.device).expand(len(levels), -1),
        real=(torch.arange(width, device=model.device) <= len(ids)).expand(len(levels), -1),
        levels=levels,
    )
    states = network.features(z.to(network.bias.dtype), seen)[:, len(before)]
    log_p = network.scores(states).float().log_softmax(-1).cpu()
    near, far = log_p[:NEAR_LATENTS], log_p[NEAR_LATENTS:]
    return near.logsumexp(0) - math.log(NEAR_LATENTS), far.logsumexp(0) - math.log(FAR_LATENTS)
