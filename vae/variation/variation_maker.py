"""Texts varied in the latent space, segment by segment, by at most a share of their words."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from math import ceil
from typing import TYPE_CHECKING

from tokenizer.protect import PLACEHOLDERS, Protected, unprotect
from vae.language.language import language
from vae.latent.noise import generator
from vae.latent.strategies import STRATEGIES
from vae.models.masked import MaskedVAE
from vae.variation.guide import Guide
from vae.variation.proposals import Proposer
from vae.variation.selection import EditHistory, Proposal, made_words, select_edits
from vae.variation.task import Task
from vae.variation.variation import Edit, Variation, variation_of
from vae.variation.verification import verify_edits
from vae.variation.whole_segments import whole_variations
from vae.variation.words import Words, bare, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.segments import Segment
    from vae.loaded_model import LoadedModel
    from vae.variation.replacement import Replacement
    from vae.variation.sampling import Sampling

ROUNDS = 2
"""Times that replacements are chosen: what a second look sent back makes room for others."""

_NOTHING = Words((), ())

_Looked = tuple[list[int], "list[Replacement]"]
"""What a second look gives: the numbers of the replacements that stay, and what agrees with them."""


@dataclass
class _Text:
    """A text's segments, what was proposed for those varied yet, and the variations made of it so far."""

    segments: Sequence[Segment]
    words: list[Words]
    tasks: list[Task]
    code: str
    weighed: list[Proposal] = field(default_factory=list)
    proposed: set[int] = field(default_factory=set)
    earlier: EditHistory = field(default_factory=EditHistory)
    made: list[Variation] = field(default_factory=list)


class VariationMaker:
    """Makes variations; what is proposed for a text is kept for its other variations."""

    def __init__(self, model: LoadedModel, sampling: Sampling, guide: Guide | None = None) -> None:
        """Args: guide: where latents go; without one, what the sampling names. Raises UserError as `Guide.of` does."""
        self.model, self.sampling, self.guide = model, sampling, guide or Guide.of(model, sampling)
        kept = frozenset(bare(word) for phrase in sampling.required for word in phrase.split())
        self._proposer = Proposer(model, self.guide, seed=sampling.seed, keep=sampling.keep, kept=kept)
        self._texts: dict[str, _Text] = {}

    def __call__(
        self,
        texts: Sequence[Sequence[Segment]],
        *,
        keys: Sequence[tuple[str, int]],
        categories: Sequence[str] = (),
        languages: Sequence[str] = (),
    ) -> list[Variation]:
        """A variation of each text, given as its segments; the same for the same seed and key.

        Segments whose `ids` are empty stay as they are. Variations of a text differ from those with smaller numbers.

        Args:
            texts: the segments of each.
            keys: the name of each text, such as its post's id, and the number of the variation, from 0.
            categories: of each text, "" for none, for strategies that look for others.
            languages: ISO 639 codes of each text, "" for one that is not known.
        """
        named = [category for _, category in zip_longest(keys, categories, fillvalue="")]
        codes = [code for _, code in zip_longest(keys, languages, fillvalue="")]
        if not STRATEGIES[self.sampling.strategy].has_radius:
            return whole_variations(self.model, texts, keys, named, guide=self.guide, sampling=self.sampling)
        return [
            self._variation(self._text(segments, name, category, code), name, number)
            for segments, (name, number), category, code in zip(texts, keys, named, codes, strict=True)
        ]

    def _text(self, segments: Sequence[Segment], name: str, category: str, code: str) -> _Text:
        if name not in self._texts:
            code = code or (self.model.languages[0] if len(self.model.languages) == 1 else "")
            words = [words_of(segment, self.model.tokenizer) for segment in segments]
            tasks = [Task(segment, name, place, category) for place, segment in enumerate(segments)]
            self._texts[name] = _Text(segments, words, tasks, code)
        return self._texts[name]

    def _knows(self, code: str) -> bool:
        return not self.model.languages or code in {"", "und", *self.model.languages}

    def _variation(self, text: _Text, name: str, number: int) -> Variation:
        """The variation of a number: those before it are made first, for it must differ from them."""
        while len(text.made) <= number:
            text.made.append(self._made(text, (name, len(text.made))))
        return text.made[number]

    def _made(self, text: _Text, key: tuple[str, int]) -> Variation:
        sampling = self.sampling
        random = generator((sampling.seed, *key, "choice"))
        varied = [place for place, segment in enumerate(text.segments) if segment.ids]
        drawn = {int(place) for place in random.permutation(varied)[: ceil(sampling.vary_share * len(varied))]}
        if self._knows(text.code) and drawn - text.proposed:
            text.weighed += self._proposer(text.tasks, text.words, language(text.code), drawn - text.proposed)
            text.proposed |= drawn
        left = [each for each in text.weighed if each.segment in drawn]
        words = [of_segment if place in drawn else _NOTHING for place, of_segment in enumerate(text.words)]
        made: list[Proposal] = []
        agreeing: list[tuple[int, Replacement]] = []
        looked: dict[tuple[Proposal, ...], _Looked] = {}
        for _ in range(ROUNDS):
            chosen = select_edits(
                words,
                left,
                text.earlier,
                change=sampling.change,
                at_least=sampling.at_least,
                random=random,
                banned=sampling.decoding.banned,
                made=made,
            )
            if not chosen:
                break
            made, agreeing = self._looked_at([*made, *chosen], text, key, looked)
            tried = {id(each) for each in chosen}
            left = [each for each in left if id(each) not in tried]
        for place in random.permutation(len(made)):
            if not text.earlier.holds(made):
                break
            # An earlier variation made just these: one of them stays as it was.
            fewer = [each for number, each in enumerate(made) if number != place]
            if fewer and not text.earlier.holds(fewer):
                made, agreeing = self._looked_at(fewer, text, key, looked)
        if text.earlier.holds(made):
            made, agreeing = [], []
        text.earlier.add(made)
        return _edited(text, made, agreeing, why_short=self._why_short(text, made, drawn))

    def _looked_at(
        self, made: Sequence[Proposal], text: _Text, key: tuple[str, int], looked: dict[tuple[Proposal, ...], _Looked]
    ) -> tuple[list[Proposal], list[tuple[int, Replacement]]]:
        """What stays of the replacements made, and what must agree with them, each with its segment.

        `looked` holds what was seen of each segment's replacements, so that none is looked at twice.
        """
        if not isinstance(self.model.module, MaskedVAE):
            return list(made), []
        stay: list[Proposal] = []
        agreeing: list[tuple[int, Replacement]] = []
        for place in sorted({each.segment for each in made}):
            here = tuple(each for each in made if each.segment == place)
            if here not in looked:
                looked[here] = verify_edits(
                    self.model,
                    text.words[place],
                    [each.replacement for each in here],
                    language=language(text.code),
                    key=(self.sampling.seed, *key, place),
                )
            kept, more = looked[here]
            stay += [here[number] for number in kept]
            agreeing += [(place, one) for one in more]
        return stay, agreeing

    def _why_short(self, text: _Text, made: Sequence[Proposal], drawn: set[int]) -> str:
        """Why a variation has no edit; "" where it has."""
        if made:
            return ""
        best = max((each.probability for each in text.weighed), default=None)
        floor, words = self.sampling.at_least, sum(map(len, text.words))
        if not self._knows(text.code):
            why = f"the text's language is {text.code!r}, and the model knows {', '.join(self.model.languages)}"
        elif not any(text.segments[place].ids for place in drawn):
            why = "it holds no words that a model may vary"
        elif best is None:
            why = "no word of it has another that would fit; names, quotations, numbers and the like stay"
        elif best < floor:
            why = f"its best exchange is accepted with probability {best:.2f}, below --at-least {floor}"
        elif self.sampling.change * words < 0.5:
            why = f"{self.sampling.change:.0%} of {words} words is less than one"
        else:
            why = "nothing is left that no other variation of it exchanged and that fits beside the words around it"
        return why


def _edited(
    text: _Text, made: Sequence[Proposal], agreeing: Sequence[tuple[int, Replacement]], *, why_short: str
) -> Variation:
    """The text with replacements made, its placeholders restored."""
    masked: list[str] = []
    edits: list[Edit] = []
    for place, (segment, words) in enumerate(zip(text.segments, text.words, strict=True)):
        here = sorted((each for each in made if each.segment == place), key=lambda each: each.replacement.start)
        replacements = [each.replacement for each in here]
        now, at = made_words(words, [*replacements, *(one for where, one in agreeing if where == place)])
        masked.append(" ".join(now) if here else segment.protected.masked)
        for each, new in zip(here, at, strict=False):
            start, end = each.replacement.start, each.replacement.end
            # A move keeps its placeholders in order, so they stand for the same spans before and after.
            spans = segment.protected.spans[_placeholders(words.words[:start]) :]
            old, instead = (
                unprotect(Protected(" ".join(own), spans)) for own in (words.words[start:end], now[slice(*new)])
            )
            edits.append(Edit(segment=place, start=start, old=old, new=instead, probability=round(each.probability, 4)))
    return variation_of(text.segments, masked, edits=edits, why_short=why_short)


def _placeholders(words: Sequence[str]) -> int:
    return sum(map(" ".join(words).count, PLACEHOLDERS.values()))
