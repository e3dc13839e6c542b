"""A second look at the replacements made in a segment, in the text as it then stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from tokenizer.protect import Protected
from tokenizer.segments import Segment
from tokenizer.tokenizer import EOS, WORD_START
from vae.latent.noise import normal
from vae.models.masked import FARTHEST, Seen, masked
from vae.variation.move import Move
from vae.variation.replacement import Replacement
from vae.variation.selection import made_words
from vae.variation.words import bare, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.language.language import Language
    from vae.latent.noise import Key
    from vae.loaded_model import LoadedModel
    from vae.variation.words import Words

_GROUPS = 2
"""Spans are hidden by turns, so that the function words beside a replacement are judged with it in sight."""

LEAST_AGAIN = -7.5
"""Mean log p a piece below which a replacement does not fit beside the others."""

UNFIT, WANTED = -5.0, -0.7
"""A function word no longer fits beside a replacement where its log p is below the first, and another one's above the
second: "listen to" is not "hear to"."""


def verify_edits(
    model: LoadedModel, words: Words, replacements: Sequence[Replacement | Move], *, language: Language, key: Key
) -> tuple[list[int], list[Replacement]]:
    """Which replacements of a segment stay, by number, and what agrees with them: "an" for "a".

    Makes all, hides each and the function words beside it once more, and asks the decoder. What it would hardly write
    there goes back, and so does what a function word beside it does not go with, unless that has another form that
    does: one that begins as it does. Moves stay: their seams were looked at when they were weighed.
    """
    now, at = made_words(words, replacements)
    (ids,) = model.tokenizer.encode([" ".join(now)])
    made = words_of(Segment(Protected(" ".join(now), ()), tuple(ids)), model.tokenizer)
    if len(ids) >= model.max_len:
        return [], []
    stay, agreeing = [], []
    of_each = [
        [] if isinstance(one, Move) else _spans(made, start, end, language)
        for one, (start, end) in zip(replacements, at, strict=True)
    ]
    hidden = [
        (span, (number + (place > 0)) % _GROUPS)
        for number, spans in enumerate(of_each)
        for place, span in enumerate(spans)
    ]
    log_p = _log_p(model, ids, hidden, key=key)
    for number, (spans, one) in enumerate(zip(of_each, replacements, strict=True)):
        if isinstance(one, Move):
            stay.append(number)
            continue
        if not spans or _mean(log_p, ids, spans[0]) < LEAST_AGAIN:
            continue
        wanted = [(start, int(log_p[start].argmax())) for start, _ in spans[1:] if _unfit(log_p[start], ids[start])]
        forms = {start: model.tokenizer.pieces[best].removeprefix(WORD_START) for start, best in wanted}
        before = made.spans[at[number][0] - 1] if at[number][0] else None
        if not forms:
            stay.append(number)
        elif before and list(forms) == [before[0]] and _is_form(words.words[one.start - 1], forms[before[0]], language):
            stay.append(number)
            own = (log_p[before[0], ids[before[0]]], log_p[before[0]].max())
            agreeing.append(
                Replacement(
                    one.start - 1,
                    one.start,
                    (forms[before[0]],),
                    near_new=float(own[1]),
                    near_old=float(own[0]),
                    far_new=float(own[1]),
                    far_old=float(own[0]),
                )
            )
    return stay, agreeing


def _spans(made: Words, start: int, end: int, language: Language) -> list[tuple[int, int]]:
    """The pieces of the words `start` to `end`, then those of each function word beside them that is one piece.

    None at all where those of the words are not their own.
    """
    own = [span for span in made.spans[start:end] if span]
    if len(own) < end - start:
        return []
    beside = [
        made.spans[place]
        for place in (start - 1, end)
        if 0 <= place < len(made) and bare(made.words[place]) in language.stop_words
    ]
    return [(own[0][0], own[-1][1]), *(span for span in beside if span and span[1] - span[0] == 1)]


def _is_form(word: str, other: str, language: Language) -> bool:
    one, two = sorted((bare(word), other.casefold()), key=len)
    return {one, two} <= language.stop_words and two.startswith(one) and len(two) - len(one) == 1


def _unfit(log_p: Tensor, own: int) -> bool:
    return bool(log_p[own] < UNFIT and log_p.max() > WANTED)


def _mean(log_p: Tensor, ids: Sequence[int], span: tuple[int, int]) -> float:
    return sum(float(log_p[place, ids[place]]) for place in range(*span)) / (span[1] - span[0])


@torch.inference_mode()
def _log_p(model: LoadedModel, ids: Sequence[int], spans: Sequence[tuple[tuple[int, int], int]], *, key: Key) -> Tensor:
    """Log p of every piece in every place, (places, vocab), of spans each with its group; 0 where no span is."""
    network = masked(model.reader)
    width = -(-(len(ids) + 1) // network.run) * network.run
    hidden = torch.zeros(_GROUPS, width, dtype=torch.bool, device=model.device)
    for (start, end), group in spans:
        hidden[group, start:end] = True
    latents = model.encode_ids([ids])
    noise = torch.from_numpy(normal((network.slots, network.dim), key=(*key, "again"))).to(model.device)
    z = (latents.mean + FARTHEST * noise).to(network.bias.dtype).expand(_GROUPS, -1, -1)
    row = functional.pad(torch.tensor([*ids, EOS], device=model.device), (0, width - len(ids) - 1)).expand(_GROUPS, -1)
    real = (torch.arange(width, device=model.device) <= len(ids)).expand(_GROUPS, -1)
    levels = torch.full((_GROUPS,), FARTHEST, device=model.device)
    features = network.features(z, Seen(row, hidden, real, levels))
    places = hidden.any(0).nonzero()[:, 0]
    # A place that two spans share is read where it is hidden first.
    found = torch.zeros(width, network.vocab_size)
    read = features[hidden[:, places].int().argmax(0), places]
    found[places.cpu()] = network.scores(read).float().log_softmax(-1).cpu()
    return found
