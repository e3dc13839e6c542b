"""What might be exchanged in a text, and how probably people accept it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vae.models.masked import MaskedVAE
from vae.variation.context_window import Window, windows
from vae.variation.editable_words import editable_words
from vae.variation.move_ranker import weighed_moves
from vae.variation.phrases import rewordings, scored
from vae.variation.ranker import Ranker
from vae.variation.selection import Proposal
from vae.variation.synonyms import synonyms_in
from vae.variation.word_proposals import WordProposer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from vae.language.language import Language
    from vae.loaded_model import LoadedModel
    from vae.variation.guide import Guide
    from vae.variation.replacement import Replacement
    from vae.variation.task import Task
    from vae.variation.words import Words

KEPT = 6
"""Replacements a place that are weighed by what reads whole sentences; the others are weighed out before."""

_LEAST_ROUGH = 0.02
"""Probability by the quick look below which a replacement is not weighed further."""


@dataclass
class Proposer:
    """Finds and weighs the replacements of a text: neighbours in latent space, what authors reword, what may move.

    `keep` and `kept` are what stays, as `editable_words` has it.
    """

    model: LoadedModel
    guide: Guide
    seed: int
    keep: Collection[str]
    kept: frozenset[str]
    _exchanges: WordProposer = field(init=False)

    def __post_init__(self) -> None:
        self._exchanges = WordProposer(self.model, self.guide, seed=self.seed)

    def __call__(
        self, tasks: Sequence[Task], text: Sequence[Words], language: Language, only: Collection[int]
    ) -> list[Proposal]:
        """The replacements of these segments of a text, the best of each place, and moves."""
        ranker = Ranker.of(language)
        found: list[Proposal] = []
        for place, replacements in enumerate(self.unweighed(tasks, text, language, only)):
            best = _best(replacements, ranker.cheap(text[place].words, replacements))
            weighed = ranker.full(text[place].words, best)
            found += [Proposal(place, one, float(p)) for one, p in zip(best, weighed, strict=True)]
            if place in only and tasks[place].segment.ids and isinstance(self.model.module, MaskedVAE):
                key = (self.seed, tasks[place].post, place)
                moves = weighed_moves(self.model, text, place, language, kept=self.kept, key=key)
                found += [Proposal(place, move, p) for move, p in moves]
        return found

    def unweighed(
        self, tasks: Sequence[Task], text: Sequence[Words], language: Language, only: Collection[int]
    ) -> Iterator[list[Replacement]]:
        """Of each segment of a text all replacements that were found, none where it is not among these."""
        free = editable_words(text, language, keep=self.keep, kept=self.kept)
        for place, (task, window) in enumerate(zip(tasks, self._windows(tasks), strict=True)):
            wanted = place in only and task.segment.ids
            yield self._replacements(task, window, text[place], free[place], language) if wanted else []

    def _windows(self, tasks: Sequence[Task]) -> list[Window]:
        rows = [task.segment.ids for task in tasks]
        # Partners and directions are given slot by slot: there a segment stands alone, as where they were read.
        alone = self.guide.partners is not None or not isinstance(self.model.module, MaskedVAE)
        return windows(rows, max_len=self.model.max_len, **({"context": 0} if alone else {}))

    def _replacements(
        self, task: Task, window: Window, words: Words, free: Sequence[bool], language: Language
    ) -> list[Replacement]:
        found = self._exchanges(task, window, words, free, language=language)
        if isinstance(self.model.module, MaskedVAE):
            related = synonyms_in(self.model.tokenizer, language)
            phrases = rewordings(words, free, language) + related.in_place_of_pieces(words, free)
            known = {(each.start, each.end, each.new) for each in found}
            phrases = [each for each in phrases if each not in known]
            found += scored(self.model, task, window, words, phrases, seed=self.seed)
        return found


def _best(replacements: Sequence[Replacement], rough: NDArray[np.float64]) -> list[Replacement]:
    """Up to KEPT of each run of words, the likeliest first, in order of place."""
    order = sorted(range(len(replacements)), key=lambda number: (replacements[number].start, -rough[number], number))
    counts: dict[tuple[int, int], int] = {}
    chosen = []
    for number in order:
        one = replacements[number]
        counts[one.start, one.end] = counts.get((one.start, one.end), 0) + 1
        if counts[one.start, one.end] <= KEPT and rough[number] >= _LEAST_ROUGH:
            chosen.append(one)
    return chosen
