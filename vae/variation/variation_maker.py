"""Makes variations of texts: replaces words and moves parts of sentences, up to a share of each text's words."""

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
from vae.variation.selection import EditHistory, Proposal, apply_edits, select_edits
from vae.variation.task import Task
from vae.variation.variation import Edit, Variation, variation_of
from vae.variation.verification import verify_edits
from vae.variation.whole_segments import whole_variations
from vae.variation.words import Words, bare, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tokenizer.segments import Segment
    from vae.loaded_model import LoadedModel
    from vae.variation.replacement import Replacement
    from vae.variation.sampling import Sampling

ROUNDS = 2
"""How often edits are selected for a variation: the second round fills the room of edits that verification refused."""

_NO_WORDS = Words((), ())

_Verified = tuple[list[int], "list[Replacement]"]
"""What `verify_edits` returns: the numbers of the edits that stay, and replacements that make neighbours agree."""


@dataclass
class _Text:
    """A text, the proposals for its segments so far, and the variations made of it so far."""

    segments: Sequence[Segment]
    words: list[Words]
    tasks: list[Task]
    code: str
    proposals: list[Proposal] = field(default_factory=list)
    proposed: set[int] = field(default_factory=set)
    history: EditHistory = field(default_factory=EditHistory)
    variations: list[Variation] = field(default_factory=list)


class VariationMaker:
    """Makes variations of texts, and keeps the proposals for a text for its next variations."""

    def __init__(
        self,
        model: LoadedModel,
        sampling: Sampling,
        guide: Guide | None = None,
        *,
        made: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Prepares variations by a model.

        Args:
            model: of any family.
            sampling: how variations are made.
            guide: where latents go; None for the guide that the sampling describes.
            made: called with the name of a text whenever a variation of it is made, so that progress can be shown.

        Raises:
            UserError: as `Guide.of` does.
        """
        self.model, self.sampling, self.guide = model, sampling, guide or Guide.of(model, sampling)
        self._made = made
        required = frozenset(bare(word) for phrase in sampling.required for word in phrase.split())
        self._proposer = Proposer(model, self.guide, seed=sampling.seed, keep=sampling.keep, kept=required)
        self._texts: dict[str, _Text] = {}

    def __call__(
        self,
        texts: Sequence[Sequence[Segment]],
        *,
        keys: Sequence[tuple[str, int]],
        categories: Sequence[str] = (),
        languages: Sequence[str] = (),
    ) -> list[Variation]:
        """Returns one variation of each text; the same seed and key give the same variation.

        Segments without `ids` stay as they are. A variation differs from those of the same text with smaller numbers.

        Args:
            texts: the segments of each text.
            keys: for each text its name, such as the id of its post, and the number of the variation, from 0.
            categories: the category of each text, "" for none; some strategies look for texts of the same category.
            languages: the ISO 639 code of each text's language, "" where it is not known.
        """
        named = [category for _, category in zip_longest(keys, categories, fillvalue="")]
        codes = [code for _, code in zip_longest(keys, languages, fillvalue="")]
        if not STRATEGIES[self.sampling.strategy].has_radius:
            whole = whole_variations(self.model, texts, keys, named, guide=self.guide, sampling=self.sampling)
            for name, _ in keys:
                self._made(name)
            return whole
        return [
            self._variation(self._text(segments, name, category, code), name, number)
            for segments, (name, number), category, code in zip(texts, keys, named, codes, strict=True)
        ]

    def _text(self, segments: Sequence[Segment], name: str, category: str, code: str) -> _Text:
        """Returns what is kept for the text of this name; a new record for a new name."""
        if name not in self._texts:
            code = code or (self.model.languages[0] if len(self.model.languages) == 1 else "")
            words = [words_of(segment, self.model.tokenizer) for segment in segments]
            tasks = [Task(segment, name, place, category) for place, segment in enumerate(segments)]
            self._texts[name] = _Text(segments, words, tasks, code)
        return self._texts[name]

    def _knows_language(self, code: str) -> bool:
        return not self.model.languages or code in {"", "und", *self.model.languages}

    def _variation(self, text: _Text, name: str, number: int) -> Variation:
        """Returns the variation of this number; makes those before it first, because it must differ from them."""
        while len(text.variations) <= number:
            text.variations.append(self._make(text, (name, len(text.variations))))
            self._made(name)
        return text.variations[number]

    def _make(self, text: _Text, key: tuple[str, int]) -> Variation:
        """Makes the next variation of a text: draws segments, proposes, selects and verifies edits."""
        sampling = self.sampling
        random = generator((sampling.seed, *key, "choice"))
        variable = [place for place, segment in enumerate(text.segments) if segment.ids]
        drawn = {int(place) for place in random.permutation(variable)[: ceil(sampling.vary_share * len(variable))]}
        if self._knows_language(text.code) and drawn - text.proposed:
            text.proposals += self._proposer(text.tasks, text.words, language(text.code), drawn - text.proposed)
            text.proposed |= drawn
        candidates = [proposal for proposal in text.proposals if proposal.segment in drawn]
        words = [segment_words if place in drawn else _NO_WORDS for place, segment_words in enumerate(text.words)]
        taken: list[Proposal] = []
        agreeing: list[tuple[int, Replacement]] = []
        verified: dict[tuple[Proposal, ...], _Verified] = {}
        for _ in range(ROUNDS):
            selected = select_edits(
                words,
                candidates,
                text.history,
                change=sampling.change,
                at_least=sampling.at_least,
                random=random,
                banned=sampling.decoding.banned,
                taken=taken,
            )
            if not selected:
                break
            taken, agreeing = self._verify([*taken, *selected], text, key, verified)
            tried = {id(proposal) for proposal in selected}
            candidates = [proposal for proposal in candidates if id(proposal) not in tried]
        for place in random.permutation(len(taken)):
            if not text.history.holds(taken):
                break
            # An earlier variation has the same edits, so this one does without one of them.
            fewer = [proposal for number, proposal in enumerate(taken) if number != place]
            if fewer and not text.history.holds(fewer):
                taken, agreeing = self._verify(fewer, text, key, verified)
        if text.history.holds(taken):
            taken, agreeing = [], []
        text.history.add(taken)
        return _edited(text, taken, agreeing, why_short=self._why_short(text, taken, drawn))

    def _verify(
        self,
        taken: Sequence[Proposal],
        text: _Text,
        key: tuple[str, int],
        verified: dict[tuple[Proposal, ...], _Verified],
    ) -> tuple[list[Proposal], list[tuple[int, Replacement]]]:
        """Returns the edits that fit beside one another, and replacements that must agree with them, by segment.

        `verified` keeps the result for the edits of a segment, so that the same edits are verified once.
        """
        if not isinstance(self.model.module, MaskedVAE):
            return list(taken), []
        fitting: list[Proposal] = []
        agreeing: list[tuple[int, Replacement]] = []
        for place in sorted({proposal.segment for proposal in taken}):
            here = tuple(proposal for proposal in taken if proposal.segment == place)
            if here not in verified:
                verified[here] = verify_edits(
                    self.model,
                    text.words[place],
                    [proposal.replacement for proposal in here],
                    language=language(text.code),
                    key=(self.sampling.seed, *key, place),
                )
            staying, neighbours = verified[here]
            fitting += [here[number] for number in staying]
            agreeing += [(place, neighbour) for neighbour in neighbours]
        return fitting, agreeing

    def _why_short(self, text: _Text, taken: Sequence[Proposal], drawn: set[int]) -> str:
        """Returns why a variation has no edit; "" where it has one."""
        if taken:
            return ""
        best = max((proposal.probability for proposal in text.proposals), default=None)
        floor, words = self.sampling.at_least, sum(map(len, text.words))
        if not self._knows_language(text.code):
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
    text: _Text, taken: Sequence[Proposal], agreeing: Sequence[tuple[int, Replacement]], *, why_short: str
) -> Variation:
    """Returns the variation of a text with these edits, its placeholders restored."""
    masked: list[str] = []
    edits: list[Edit] = []
    for place, (segment, words) in enumerate(zip(text.segments, text.words, strict=True)):
        here = sorted(
            (proposal for proposal in taken if proposal.segment == place),
            key=lambda proposal: proposal.replacement.start,
        )
        neighbours = [neighbour for segment_place, neighbour in agreeing if segment_place == place]
        new_words, new_places = apply_edits(words, [*(proposal.replacement for proposal in here), *neighbours])
        masked.append(" ".join(new_words) if here else segment.protected.masked)
        for proposal, new_place in zip(here, new_places, strict=False):
            start, end = proposal.replacement.start, proposal.replacement.end
            # A move keeps the order of its placeholders, so they stand for the same spans before and after it.
            spans = segment.protected.spans[_placeholders(words.words[:start]) :]
            old, new = (
                unprotect(Protected(" ".join(part), spans))
                for part in (words.words[start:end], new_words[slice(*new_place)])
            )
            probability = round(proposal.probability, 4)
            edits.append(Edit(segment=place, start=start, old=old, new=new, probability=probability))
    return variation_of(text.segments, masked, edits=edits, why_short=why_short)


def _placeholders(words: Sequence[str]) -> int:
    """Counts the placeholders in words."""
    return sum(map(" ".join(words).count, PLACEHOLDERS.values()))
