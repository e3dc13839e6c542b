"""Proposes edits of a text: replacements of words and moves, each with the probability that people accept it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vae.models.masked import MaskedVAE
from vae.variation.compounds import compounds_in, keeps_compounds
from vae.variation.context_window import Window, windows
from vae.variation.editable_words import editable_words
from vae.variation.move_ranker import weighed_moves
from vae.variation.phrases import Phrase, rewordings, scored
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
"""Replacements of one run of words that the full ranker weighs, at most; it reads whole sentences, and is slow."""

_LEAST_ROUGH = 0.02
"""The least probability by the cheap ranker of a replacement that the full ranker weighs."""


@dataclass
class Proposer:
    """Finds and weighs edits of a text: words that the decoder would write, related words, rewordings, and moves.

    `keep` and `kept` name the words that no edit touches, as in `editable_words`. `seed` is that of the noise.
    """

    model: LoadedModel
    guide: Guide
    seed: int
    keep: Collection[str]
    kept: frozenset[str]
    _word_proposer: WordProposer = field(init=False)

    def __post_init__(self) -> None:
        self._word_proposer = WordProposer(self.model, self.guide, seed=self.seed)

    def __call__(
        self, tasks: Sequence[Task], text: Sequence[Words], language: Language, only: Collection[int]
    ) -> list[Proposal]:
        """Returns the best replacements of each run of words, and the moves, in some segments of a text.

        Args:
            tasks: all segments of the text.
            text: the words of each segment.
            language: of the text.
            only: the numbers of the segments that edits are proposed for.
        """
        ranker = Ranker.of(language)
        proposals: list[Proposal] = []
        for place, replacements in enumerate(self.unweighed(tasks, text, language, only)):
            best = _best(replacements, ranker.cheap(text[place].words, replacements))
            weighed = ranker.full(text[place].words, best)
            proposals += [Proposal(place, replacement, float(p)) for replacement, p in zip(best, weighed, strict=True)]
            if place in only and tasks[place].segment.ids and isinstance(self.model.module, MaskedVAE):
                key = (self.seed, tasks[place].post, place)
                moves = weighed_moves(self.model, text, place, language, kept=self.kept, key=key)
                proposals += [Proposal(place, move, p) for move, p in moves]
        return proposals

    def unweighed(
        self, tasks: Sequence[Task], text: Sequence[Words], language: Language, only: Collection[int]
    ) -> Iterator[list[Replacement]]:
        """Yields for each segment of a text all its replacements; none for a segment that is not in `only`."""
        editable = editable_words(text, language, keep=self.keep, kept=self.kept)
        for place, (task, window) in enumerate(zip(tasks, self._windows(tasks), strict=True)):
            wanted = place in only and task.segment.ids
            yield self._replacements(task, window, text[place], editable[place], language) if wanted else []

    def _windows(self, tasks: Sequence[Task]) -> list[Window]:
        rows = [task.segment.ids for task in tasks]
        # Partners and directions are latents of single segments, so a segment that goes towards them has no neighbours.
        alone = self.guide.partners is not None or not isinstance(self.model.module, MaskedVAE)
        return windows(rows, max_len=self.model.max_len, **({"context": 0} if alone else {}))

    def _replacements(
        self, task: Task, window: Window, words: Words, editable: Sequence[bool], language: Language
    ) -> list[Replacement]:
        compounds = compounds_in(words, language)
        replacements = [
            replacement
            for replacement in self._word_proposer(task, window, words, editable, language=language)
            if keeps_compounds(Phrase(replacement.start, replacement.end, replacement.new), words, compounds, language)
        ]
        if isinstance(self.model.module, MaskedVAE):
            synonyms = synonyms_in(self.model.tokenizer, language)
            phrases = rewordings(words, editable, language) + synonyms.in_place_of_pieces(words, editable)
            phrases += synonyms.in_place_of_compounds(words, editable, compounds)
            proposed = {(replacement.start, replacement.end, replacement.new) for replacement in replacements}
            phrases = [
                phrase
                for phrase in dict.fromkeys(phrases)
                if phrase not in proposed and keeps_compounds(phrase, words, compounds, language)
            ]
            replacements += scored(self.model, task, window, words, phrases, seed=self.seed)
        return replacements


def _best(replacements: Sequence[Replacement], rough: NDArray[np.float64]) -> list[Replacement]:
    """Returns up to KEPT replacements of each run of words, by place and then by falling probability `rough`, (n,)."""
    order = sorted(range(len(replacements)), key=lambda number: (replacements[number].start, -rough[number], number))
    counts: Counter[tuple[int, int]] = Counter()
    best = []
    for number in order:
        replacement = replacements[number]
        counts[replacement.start, replacement.end] += 1
        if counts[replacement.start, replacement.end] <= KEPT and rough[number] >= _LEAST_ROUGH:
            best.append(replacement)
    return best
