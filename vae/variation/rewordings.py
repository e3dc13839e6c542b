"""Phrases of a segment that authors reword, as their revisions show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.variation.place_scores import FAR, NEAR
from vae.variation.replacement import Replacement
from vae.variation.span_scores import exchanged, span_log_p
from vae.variation.words import bare, bare_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.language.language import Language
    from vae.text_vae import TextVAE
    from vae.variation.task import Task
    from vae.variation.window import Window
    from vae.variation.words import Words

LONGEST = 5
"""Words of the longest phrase that is looked up."""


def rewordings(
    model: TextVAE, task: Task, window: Window, words: Words, free: Sequence[bool], *, language: Language, seed: int
) -> list[Replacement]:
    """The rewordings of free phrases of a segment, with how well the decoder says both fit there."""
    found = _phrases(words, free, language)
    rows = []
    for start, end, new in found:
        first, last = window.start + words.spans[start][0], window.start + words.spans[end - 1][1]  # type: ignore[index]
        (pieces,) = model.tokenizer.encode([" ".join(new)])
        rows.append(exchanged(window.ids, first, last, pieces))
        rows.append(exchanged(window.ids, first, last, window.ids[first:last]))
    fits = [len(row.ids) < model.max_len for row in rows[::2]]
    rows = [row for number, row in enumerate(rows) if fits[number // 2]]
    if not rows:
        return []
    key = (seed, task.post, task.place)
    near, far = (span_log_p(model, rows, level=level, key=key) for level in (NEAR, FAR))
    kept = [each for each, fit in zip(found, fits, strict=True) if fit]
    return [
        Replacement(
            start,
            end,
            new,
            near_new=float(near[2 * number]),
            near_old=float(near[2 * number + 1]),
            far_new=float(far[2 * number]),
            far_old=float(far[2 * number + 1]),
        )
        for number, (start, end, new) in enumerate(kept)
    ]


def _phrases(words: Words, free: Sequence[bool], language: Language) -> list[tuple[int, int, tuple[str, ...]]]:
    """Runs of words that the language's table rewords, without marks inside; as (start, end, new)."""
    plain = [bare(word) for word in words.words]
    found = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            inside = words.words[start:end]
            if not all(free[start:end]) or None in words.spans[start:end]:
                break
            found += [(start, end, each.words) for each in language.rewordings.get(" ".join(plain[start:end]), ())]
            if bare_case(inside[-1]) != inside[-1]:
                break
    return found
