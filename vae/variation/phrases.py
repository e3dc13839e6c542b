"""Phrases that might stand for others of any length, and how well the decoder says both fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vae.models.masked import FARTHEST
from vae.variation.replacement import Replacement
from vae.variation.span_scores import Span, span_log_p
from vae.variation.words import bare, bare_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vae.language.language import Language
    from vae.loaded_model import LoadedModel
    from vae.variation.context_window import Window
    from vae.variation.task import Task
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


_LONGEST = 5
"""Words of the longest phrase that is looked up."""


def rewordings(words: Words, free: Sequence[bool], language: Language) -> list[Phrase]:
    """The runs of free words that the language's table rewords, without marks inside.

    None that cuts another of these in two: "you have" is no phrase of "you have to go", for "have to" is one.
    """
    plain = [bare(word).replace("’", "'") for word in words.words]
    runs = [run for start in range(len(words)) for run in _runs(words, free, start)]
    known = {
        run: language.rewordings[text] for run in runs if (text := " ".join(plain[slice(*run)])) in language.rewordings
    }
    return [
        Phrase(start, end, tuple(_written(each.new, words).split()))
        for (start, end), others in known.items()
        if not any(start < other < end < last for other, last in known)
        for each in others
        # What a clause ends in is not contracted: "so it is." is not "so it's."
        if not ("'" in each.new and bare_case(words.words[end - 1]) != words.words[end - 1])
    ]


def _runs(words: Words, free: Sequence[bool], start: int) -> Iterator[tuple[int, int]]:
    """Runs of up to _LONGEST free words from a place on, to the first mark."""
    for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
        if not free[end - 1] or words.spans[end - 1] is None:
            return
        yield start, end
        if bare_case(words.words[end - 1]) != words.words[end - 1]:
            return


def _written(new: str, words: Words) -> str:
    """With the apostrophe that the segment writes."""
    return new.replace("'", "’") if any("’" in word for word in words.words) else new
