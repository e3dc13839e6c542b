"""Phrases that might stand for others of any length, and how well the decoder says both fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vae.models.masked import FARTHEST
from vae.variation.replacement import Replacement
from vae.variation.span_scores import Span, span_log_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.loaded_model import LoadedModel
    from vae.variation.task import Task
    from vae.variation.window import Window
    from vae.variation.words import Words


class Phrase(NamedTuple):
    """Words `start` to `end` of a segment, and the bare words `new` instead."""

    start: int
    end: int
    new: tuple[str, ...]


def scored(
    model: LoadedModel, task: Task, window: Window, words: Words, phrases: Sequence[Phrase], *, seed: int
) -> list[Replacement]:
    """The replacements of phrases by a masked model; without those that leave the window no room."""
    asked: list[tuple[Phrase, Span, Span]] = []
    for phrase in phrases:
        of_words = [words.spans[place] for place in range(phrase.start, phrase.end)]
        if not of_words or of_words[0] is None or of_words[-1] is None:
            continue
        start, end = window.start + of_words[0][0], window.start + of_words[-1][1]
        (pieces,) = model.tokenizer.encode([" ".join(phrase.new)])
        if len(window.ids) - (end - start) + len(pieces) < model.max_len:
            new, old = Span(start, end, tuple(pieces)), Span(start, end, window.ids[start:end])
            asked.append((phrase, new, old))
    if not asked:
        return []
    spans = list(dict.fromkeys(span for _, new, old in asked for span in (new, old)))
    log_p = span_log_p(model, window.ids, spans, level=FARTHEST, key=(seed, task.post, task.place))
    far = dict(zip(spans, log_p.tolist(), strict=True))
    # One distance is enough: latents near an old phrase tell it, and of another length they say little.
    return [
        Replacement(*phrase, near_new=far[new], near_old=far[old], far_new=far[new], far_old=far[old])
        for phrase, new, old in asked
    ]
