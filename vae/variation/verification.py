"""Verifies the edits of a segment once more, in the text that they make together."""

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
from vae.variation.selection import apply_edits
from vae.variation.words import bare, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.language.language import Language
    from vae.latent.noise import Key
    from vae.loaded_model import LoadedModel
    from vae.variation.words import Words

_GROUPS = 2
"""Rows of the text that are read; a replacement and the function words beside it are hidden in different rows, so that
the decoder sees the one while it judges the other."""

LEAST_AGAIN = -7.5
"""The least mean log p per piece of a replacement that fits beside the other edits."""

UNFIT, WANTED = -5.0, -0.7
"""A function word beside a replacement no longer fits if its log p is below UNFIT and that of another piece is above
WANTED: "listen to" does not become "hear to"."""


def verify_edits(
    model: LoadedModel, words: Words, edits: Sequence[Replacement | Move], *, language: Language, key: Key
) -> tuple[list[int], list[Replacement]]:
    """Returns the numbers of the edits of a segment that stay, and replacements of words beside them, as "an" for "a".

    Applies all edits, hides each replacement and the function words beside it, and asks the decoder for their log p. A
    replacement that the decoder would hardly write is refused. One beside which a function word no longer fits is
    refused too, unless only the word before it is unfit and the decoder wants a form of that word which is one letter
    longer or shorter. Moves stay, because their seams were scored when they were weighed. No edit stays if the new
    segment is too long for the model.
    """
    new_words, new_places = apply_edits(words, edits)
    (ids,) = model.tokenizer.encode([" ".join(new_words)])
    edited = words_of(Segment(Protected(" ".join(new_words), ()), tuple(ids)), model.tokenizer)
    if len(ids) >= model.max_len:
        return [], []
    staying, agreeing = [], []
    spans_of_edits = [
        [] if isinstance(edit, Move) else _spans(edited, start, end, language)
        for edit, (start, end) in zip(edits, new_places, strict=True)
    ]
    hidden = [
        (span, (number + (place > 0)) % _GROUPS)
        for number, spans in enumerate(spans_of_edits)
        for place, span in enumerate(spans)
    ]
    log_p = _log_p(model, ids, hidden, key=key) if hidden else torch.zeros(0)
    for number, (spans, edit) in enumerate(zip(spans_of_edits, edits, strict=True)):
        if isinstance(edit, Move):
            staying.append(number)
            continue
        if not spans or _mean(log_p, ids, spans[0]) < LEAST_AGAIN:
            continue
        wanted = [(start, int(log_p[start].argmax())) for start, _ in spans[1:] if _unfit(log_p[start], ids[start])]
        forms = {start: model.tokenizer.pieces[best].removeprefix(WORD_START) for start, best in wanted}
        start = new_places[number][0]
        before = edited.spans[start - 1] if start else None
        if not forms:
            staying.append(number)
        elif (
            before and list(forms) == [before[0]] and _is_form(words.words[edit.start - 1], forms[before[0]], language)
        ):
            staying.append(number)
            old, new = float(log_p[before[0], ids[before[0]]]), float(log_p[before[0]].max())
            agreeing.append(
                Replacement(
                    edit.start - 1,
                    edit.start,
                    (forms[before[0]],),
                    near_new=new,
                    near_old=old,
                    far_new=new,
                    far_old=old,
                )
            )
    return staying, agreeing


def _spans(words: Words, start: int, end: int, language: Language) -> list[tuple[int, int]]:
    """Returns the span of the words `start` to `end`, then that of each function word beside them that is one piece.

    Returns no spans if one of the words has no pieces of its own.
    """
    own = [span for span in words.spans[start:end] if span]
    if len(own) < end - start:
        return []
    beside = [
        words.spans[place]
        for place in (start - 1, end)
        if 0 <= place < len(words) and bare(words.words[place]) in language.stop_words
    ]
    return [(own[0][0], own[-1][1]), *(span for span in beside if span and span[1] - span[0] == 1)]


def _is_form(word: str, other: str, language: Language) -> bool:
    """Whether two function words are forms of one word, which differ by a letter at the end: "a" and "an"."""
    shorter, longer = sorted((bare(word), other.casefold()), key=len)
    same_begin = longer.startswith(shorter) and len(longer) - len(shorter) == 1
    return {shorter, longer} <= language.stop_words and same_begin


def _unfit(log_p: Tensor, piece: int) -> bool:
    """Whether a piece does not fit its place, and another one fits well; `log_p` (vocab,) is of the place."""
    return bool(log_p[piece] < UNFIT and log_p.max() > WANTED)


def _mean(log_p: Tensor, ids: Sequence[int], span: tuple[int, int]) -> float:
    """Returns the mean log p of the pieces of a span."""
    return sum(float(log_p[place, ids[place]]) for place in range(*span)) / (span[1] - span[0])


@torch.inference_mode()
def _log_p(model: LoadedModel, ids: Sequence[int], spans: Sequence[tuple[tuple[int, int], int]], *, key: Key) -> Tensor:
    """Returns log p (places, vocab) of every piece in every place of the spans; 0 in all other places.

    Each of `spans` is a span and the number of the row, its group, in which it is hidden.
    """
    network = masked(model.reader)
    width = -(-(len(ids) + 1) // network.run) * network.run
    hidden = torch.zeros(_GROUPS, width, dtype=torch.bool, device=model.device)
    for (start, end), group in spans:
        hidden[group, start:end] = True
    latents = model.read_ids([ids])
    noise = torch.from_numpy(normal((network.slots, network.dim), key=(*key, "again"))).to(model.device)
    z = (latents.mean + FARTHEST * noise).to(network.bias.dtype).expand(_GROUPS, -1, -1)
    row = functional.pad(torch.tensor([*ids, EOS], device=model.device), (0, width - len(ids) - 1)).expand(_GROUPS, -1)
    real = (torch.arange(width, device=model.device) <= len(ids)).expand(_GROUPS, -1)
    levels = torch.full((_GROUPS,), FARTHEST, device=model.device)
    features = network.features(z, Seen(row, hidden, real, levels))
    places = hidden.any(0).nonzero()[:, 0]
    # A place that spans of both groups share is read from the first row that hides it.
    log_p = torch.zeros(width, network.vocab_size)
    read = features[hidden[:, places].int().argmax(0), places]
    log_p[places.cpu()] = network.scores(read).float().log_softmax(-1).cpu()
    return log_p
