"""Finds phrases that authors reword, and scores replacements of phrases of any length by the decoder."""

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
    """A run of words of a segment, from place `start` to before `end`, and the bare words `new` that may replace it."""

    start: int
    end: int
    new: tuple[str, ...]


def scored(
    model: LoadedModel, task: Task, window: Window, words: Words, phrases: Sequence[Phrase], *, seed: int
) -> list[Replacement]:
    """Returns a replacement for each phrase, with the log p that a masked model gives to its new and old words.

    Leaves out phrases whose first or last word has no pieces of its own, and those that make the window too long.
    """
    scorable: list[tuple[Phrase, Span, Span]] = []
    for phrase in phrases:
        word_spans = [words.spans[place] for place in range(phrase.start, phrase.end)]
        if not word_spans or word_spans[0] is None or word_spans[-1] is None:
            continue
        start, end = window.start + word_spans[0][0], window.start + word_spans[-1][1]
        (pieces,) = model.tokenizer.encode([" ".join(phrase.new)])
        if len(window.ids) - (end - start) + len(pieces) < model.max_len:
            new, old = Span(start, end, tuple(pieces)), Span(start, end, window.ids[start:end])
            scorable.append((phrase, new, old))
    if not scorable:
        return []
    spans = list(dict.fromkeys(span for _, new, old in scorable for span in (new, old)))
    log_p = span_log_p(model, window.ids, spans, level=FARTHEST, key=(seed, task.post, task.place))
    far = dict(zip(spans, log_p.tolist(), strict=True))
    # Only far latents are read: near ones give the old phrase away, and say little of a phrase of another length.
    return [
        Replacement(*phrase, near_new=far[new], near_old=far[old], far_new=far[new], far_old=far[old])
        for phrase, new, old in scorable
    ]


_LONGEST = 5
"""The most words of a phrase that is looked up."""


def rewordings(words: Words, editable: Sequence[bool], language: Language) -> list[Phrase]:
    """Returns a phrase for each rewording that the language's table holds for a run of editable words.

    A run has no punctuation inside. It is left out if it cuts another known run in two: in "you have to go" the run
    "you have" is left out, because it cuts "have to".
    """
    plain = [bare(word).replace("’", "'") for word in words.words]
    runs = [run for start in range(len(words)) for run in _runs(words, editable, start)]
    known = {
        run: language.rewordings[text] for run in runs if (text := " ".join(plain[slice(*run)])) in language.rewordings
    }
    return [
        Phrase(start, end, tuple(_with_apostrophe_of(words, rewording.new).split()))
        for (start, end), replacements in known.items()
        if not any(start < other_start < end < other_end for other_start, other_end in known)
        for rewording in replacements
        # The end of a clause is not contracted: "so it is." does not become "so it's."
        if not ("'" in rewording.new and bare_case(words.words[end - 1]) != words.words[end - 1])
    ]


def _runs(words: Words, editable: Sequence[bool], start: int) -> Iterator[tuple[int, int]]:
    """Yields the runs of up to _LONGEST editable words from `start` on, none past a mark."""
    for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
        if not editable[end - 1] or words.spans[end - 1] is None:
            return
        yield start, end
        if bare_case(words.words[end - 1]) != words.words[end - 1]:
            return


def _with_apostrophe_of(words: Words, new: str) -> str:
    """Returns a text with the kind of apostrophe that the segment uses."""
    return new.replace("'", "’") if any("’" in word for word in words.words) else new
