"""Phrases that might stand for others of any length, and how well the decoder says both fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vae.models.masked import FARTHEST
from vae.variation.replacement import Replacement
from vae.variation.span_scores import exchanged, span_log_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.text_vae import TextVAE
    from vae.variation.task import Task
    from vae.variation.window import Window
    from vae.variation.words import Words


class Phrase(NamedTuple):
    """Words `start` to `end` of a segment, and the bare words `new` instead."""

    start: int
    end: int
    new: tuple[str, ...]


def scored(
    model: TextVAE, task: Task, window: Window, words: Words, phrases: Sequence[Phrase], *, seed: int
) -> list[Replacement]:
    """The replacements of phrases by a masked model; without those that leave the window no room."""
    rows = []
    for phrase in phrases:
        spans = [words.spans[place] for place in range(phrase.start, phrase.end)]
        if not spans or spans[0] is None or spans[-1] is None:
            continue
        start, end = window.start + spans[0][0], window.start + spans[-1][1]
        (pieces,) = model.tokenizer.encode([" ".join(phrase.new)])
        row = exchanged(window.ids, start, end, pieces)
        if len(row.ids) < model.max_len:
            rows.append((phrase, row, exchanged(window.ids, start, end, window.ids[start:end])))
    if not rows:
        return []
    olds = list(dict.fromkeys(old for _, _, old in rows))
    asked = [*(new for _, new, _ in rows), *olds]
    far = span_log_p(model, asked, level=FARTHEST, key=(seed, task.post, task.place))
    found = []
    for number, (phrase, _, old) in enumerate(rows):
        new_log_p, old_log_p = float(far[number]), float(far[len(rows) + olds.index(old)])
        # One distance is enough: latents near an old phrase tell it, and of another length they say little.
        found.append(Replacement(*phrase, near_new=new_log_p, near_old=old_log_p, far_new=new_log_p, far_old=old_log_p))
    return found
