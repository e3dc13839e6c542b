"""Texts varied in the latent space, segment by segment, by a steered share of their words."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, zip_longest
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from tokenizer.protect import restore
from vae.change import changed_words
from vae.guide import Guide
from vae.latent.noise import generator
from vae.latent.strategy import STRATEGIES
from vae.proposals import Decoded, Proposals, choose, propose
from vae.tries import Task, decode_tries
from vae.variation import Variation
from vae.word_choices import word_choices
from vae.word_hashes import bare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tokenizer.segments import Segment
    from vae.edit_scores import EditScores
    from vae.text_vae import TextVAE
    from vae.variation import Sampling

TRY_CHANGES = (0.25, 0.4, 0.55, 0.7)
"""Each segment is decoded where these shares of its words would change: near steps propose the safer edits, far ones
more of them."""

CHOICE_CHANGES = TRY_CHANGES * 2
"""And at latents so far away, two for each share, the decoder is asked which words it would write in each place."""

SEGMENTS = 256
"""Segments whose tries stand in memory at a time, and those of one text more."""

UNKNOWN = "\u2047"


class Varier:
    """Makes variations; what the tries of a text propose is kept for its other variations."""

    def __init__(self, model: TextVAE, sampling: Sampling, guide: Guide | None = None) -> None:
        """Args: guide: where latents go; without one, what the sampling names. Raises UserError as `Guide.of` does."""
        self.model, self.sampling, self.guide = model, sampling, guide or Guide.of(model, sampling)
        self._proposals: dict[str, list[Proposals]] = {}
        self._by_edits = STRATEGIES[sampling.strategy].has_radius and model.edit_scores is not None
        self._kept = frozenset(bare(word) for phrase in sampling.required for word in phrase.split())

    def __call__(
        self,
        texts: Sequence[Sequence[Segment]],
        *,
        keys: Sequence[tuple[str, int]],
        categories: Sequence[str] = (),
        budget: float | None = None,
    ) -> list[Variation]:
        """A variation of each text, given as its segments; the same for the same seed and key.

        Segments whose `ids` are empty stay as they are.

        Args:
            texts: the segments of each.
            keys: the name of each text, such as its post's id, and the number of the variation.
            categories: of each text, "" for none, for strategies that look for others.
            budget: share of words to ask edits for; None for what the calibration says of the wanted change.
        """
        if budget is None:
            budget = self.model.calibration.budget(self.sampling.strategy, self.sampling.change)
        named = [category for _, category in zip_longest(keys, categories, fillvalue="")]
        if self._by_edits:
            self._propose(texts, [name for name, _ in keys], named)
            return [self._choose(text, *key, budget) for text, key in zip(texts, keys, strict=True)]
        return self._decode_whole(texts, keys, named)

    def _propose(self, texts: Sequence[Sequence[Segment]], names: Sequence[str], categories: Sequence[str]) -> None:
        """Fills in the proposals of texts not met before, some texts at a time."""
        new = {name: (text, c) for name, text, c in zip(names, texts, categories, strict=True)}
        waiting: list[Task] = []
        ready: dict[str, Sequence[Segment]] = {}
        for name, (text, category) in new.items():
            if name in self._proposals:
                continue
            ready[name] = text
            waiting += [Task(s, name, place, category) for place, s in enumerate(text) if s.ids]
            if len(waiting) >= SEGMENTS:
                self._propose_now(ready, waiting)
                waiting, ready = [], {}
        self._propose_now(ready, waiting)

    def _propose_now(self, texts: Mapping[str, Sequence[Segment]], tasks: Sequence[Task]) -> None:
        sampling = self.sampling
        of_tries, of_choices = (
            [self.model.calibration.radius(sampling.strategy, share) for share in shares]
            for shares in (TRY_CHANGES, CHOICE_CHANGES)
        )
        tries = decode_tries(self.model, tasks, self.guide, sampling.decoding, radii=of_tries, seed=sampling.seed)
        choices = word_choices(self.model, tasks, self.guide, radii=of_choices, seed=sampling.seed)
        decoded = {
            (task.post, task.place): Decoded(texts, words)
            for task, texts, words in zip(tasks, tries, choices, strict=True)
        }
        for name, text in texts.items():
            self._proposals[name] = propose(
                [segment.protected.masked for segment in text],
                [decoded.get((name, place), Decoded()) for place in range(len(text))],
                self._scores,
                keep=sampling.keep,
                kept=self._kept,
            )

    def _choose(self, text: Sequence[Segment], name: str, number: int, budget: float) -> Variation:
        proposals = self._proposals[name]
        random = generator((self.sampling.seed, name, number, "choice"))
        varied = [place for place, segment in enumerate(text) if segment.ids]
        drawn = random.permutation(varied)[: ceil(self.sampling.vary_share * len(varied))]
        places = sorted(int(place) for place in drawn)
        words = sum(len(proposals[place].words) for place in places)
        of_places = [proposals[place] for place in places]
        banned = self.sampling.decoding.banned
        chosen = choose(of_places, self._scores, budget=budget * words, random=random, banned=banned)
        by_place = dict(zip(places, chosen, strict=True))
        return _variation(text, [by_place.get(place, "") for place in range(len(text))])

    def _decode_whole(
        self, texts: Sequence[Sequence[Segment]], keys: Sequence[tuple[str, int]], categories: Sequence[str]
    ) -> list[Variation]:
        """Whole segments as they were decoded, where they are usable."""
        tasks = [
            Task(segment, name, place, category, number)
            for (name, number), text, category in zip(keys, texts, categories, strict=True)
            for place, segment in enumerate(text)
            if segment.ids
        ]
        radii = [self.model.calibration.radius(self.sampling.strategy, self.sampling.change)]
        tries = decode_tries(
            self.model, tasks, self.guide, self.sampling.decoding, radii=radii, seed=self.sampling.seed
        )
        found = {
            (task.post, task.number, task.place): _without_loops(" ".join(text.split()), task.segment)
            for task, (text,) in zip(tasks, tries, strict=True)
        }
        return [
            _variation(text, [found.get((*key, place), "") for place in range(len(text))])
            for key, text in zip(keys, texts, strict=True)
        ]

    @property
    def _scores(self) -> EditScores:
        scores = self.model.edit_scores
        if scores is None:
            raise ValueError("a model without n-grams has no scores of edits")
        return scores


def _variation(text: Sequence[Segment], masked: Sequence[str]) -> Variation:
    """The text with these masked segments; its own segment where one is not usable."""
    sources = [segment.text for segment in text]
    segments = [_usable(each, segment) or segment.text for each, segment in zip(masked, text, strict=True)]
    sizes = np.array([len(source.split()) for source in sources])
    shares = np.array([changed_words(*pair) for pair in zip(sources, segments, strict=True)])
    return Variation(
        segments=tuple(segments),
        change=float(shares @ sizes / max(1, sizes.sum())) if len(sizes) else 0.0,
        segments_changed=sum(first != second for first, second in zip(sources, segments, strict=True)),
    )


def _usable(masked: str, segment: Segment) -> str | None:
    """The text restored; None where there is none, a piece is unknown, or a number was lost."""
    return restore(masked, segment.protected) if masked and UNKNOWN not in masked else None


def _without_loops(masked: str, segment: Segment) -> str:
    return "" if _loops(masked) > _loops(segment.protected.masked) else masked


def _loops(text: str) -> int:
    """How often a word follows itself, and how often the commonest pair of words occurs."""
    words = text.casefold().split()
    pairs = Counter(pairwise(words))
    return sum(first == second for first, second in pairwise(words)) + max(pairs.values(), default=0)
