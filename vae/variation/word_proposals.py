"""Words that might stand in the places of a segment: those a decoder would write there, used and meant alike."""

from __future__ import annotations

import re
from itertools import islice
from math import exp, isfinite
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional

from tokenizer.tokenizer import WORD_START
from vae.models.masked import MaskedVAE
from vae.variation.place_scores import place_scores
from vae.variation.replacement import Replacement
from vae.variation.synonyms import synonyms_in
from vae.variation.words import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torch import Tensor

    from vae.language.language import Language
    from vae.loaded_model import LoadedModel
    from vae.variation.context_window import Window
    from vae.variation.guide import Guide
    from vae.variation.place_scores import PlaceScores
    from vae.variation.task import Task
    from vae.variation.words import Words

LIKELY = 8
"""Words a place that the decoder would write there and that are used and meant alike."""

_LOOKED_AT = 32
"""Words a place whose relation to the old one is looked up to find these."""

LEAST_USED = 0.25
"""The cosine of usage below which a word is another word, not a like one."""

LEAST_FAR = -9.0
"""Log p that the words around must allow a word at least."""

WRITTEN, MINOR = 64, 0.5
"""Words that tell which part of speech a place asks for, and the least share of it beside the commonest that counts."""

_WORD = re.compile(rf"{WORD_START}[^\W\d_]+")


class Vocabulary(NamedTuple):
    """What is known of each piece: `word` (vocab,) true for whole words of letters, `capital` for those that begin so.

    `usage` (vocab, n) and `meaning` (vocab, m) are unit vectors.
    """

    word: Tensor
    capital: Tensor
    usage: Tensor
    meaning: Tensor

    @classmethod
    def of(cls, model: LoadedModel) -> Vocabulary:
        """Read off a model's vectors; of one without, off its embedding."""
        module, pieces = model.module, model.tokenizer.pieces
        split = module.config.usage if isinstance(module, MaskedVAE) else module.embedding.embedding_dim
        vectors = module.vectors if isinstance(module, MaskedVAE) else module.embedding.weight.detach()
        usage, meaning = (functional.normalize(part.float(), dim=1) for part in vectors.tensor_split([split], dim=1))
        return cls(
            word=torch.tensor([bool(_WORD.fullmatch(piece)) for piece in pieces], device=vectors.device),
            capital=torch.tensor([piece[1:2].isupper() for piece in pieces], device=vectors.device),
            usage=usage,
            meaning=meaning,
        )


class _Table(NamedTuple):
    """Of some places: their pieces (places,), and scores of every piece in each, (places, vocab)."""

    pieces: Tensor
    near: Tensor
    far: Tensor
    used: Tensor
    meant: Tensor
    rough: Tensor
    allowed: Tensor


class WordProposer:
    """Asks a model which words might stand in the places of a segment."""

    def __init__(self, model: LoadedModel, guide: Guide, *, seed: int) -> None:
        """Args: guide: where latents go; seed: of their noise."""
        self._model, self._guide, self._seed = model, guide, seed
        self._vocabulary = Vocabulary.of(model)
        self._numbers = {piece: number for number, piece in enumerate(model.tokenizer.pieces)}

    def __call__(
        self, task: Task, window: Window, words: Words, free: Sequence[bool], *, language: Language
    ) -> list[Replacement]:
        """For each free word that is one piece others: those that are LIKELY there, and all that are related to it.

        Function words, and words that state a fact whatever stands around them, are neither taken nor brought.
        """
        staying = language.stop_words | language.fixed_words
        at = {
            place: span[0]
            for place, span in enumerate(words.spans)
            if free[place] and span and span[1] - span[0] == 1 and bare(words.words[place]) not in staying
        }
        at = {place: piece for place, piece in at.items() if self._vocabulary.word[task.segment.ids[piece]]}
        if not at:
            return []
        scores = place_scores(self._model, task, window, list(at.values()), self._guide, seed=self._seed)
        table = self._weigh([task.segment.ids[piece] for piece in at.values()], scores)
        there = {bare(word) for word in words.words}
        return [
            replacement
            for line, place in enumerate(at)
            for replacement in self._of_place(
                table, line, place, bare(words.words[place]), language=language, there=there
            )
        ]

    def _weigh(self, old: Sequence[int], scores: PlaceScores) -> _Table:
        """What each piece of the vocabulary is worth in each place, roughly, and what that follows from."""
        near, far = scores
        known, pieces = self._vocabulary, torch.tensor(old, device=near.device)
        used = known.usage[pieces] @ known.usage.T
        meant = known.meaning[pieces] @ known.meaning.T
        alike = (used + meant) / 2 if known.meaning.shape[1] else used
        allowed = known.word & (known.capital == known.capital[pieces][:, None]) & (far >= LEAST_FAR)
        rough = 0.5 * far.clamp(max=-1) + 0.3 * near.clamp(max=-1) + 8 * alike
        rough = rough.masked_fill(~allowed | (used < LEAST_USED), -torch.inf)
        return _Table(pieces, near, far, used, meant, rough.scatter(1, pieces[:, None], -torch.inf), allowed)

    def _of_place(
        self, table: _Table, line: int, place: int, old: str, *, language: Language, there: set[str]
    ) -> Iterator[Replacement]:
        best = table.rough[line].topk(min(_LOOKED_AT, table.rough.shape[1]))
        likely = [
            piece for piece, nats in zip(best.indices.tolist(), best.values.tolist(), strict=True) if isfinite(nats)
        ]
        own = table.pieces[line]
        known = synonyms_in(self._model.tokenizer, language)(old)
        related = self._pieces_of(known, capital=bool(self._vocabulary.capital[own]))
        asked = self._asked_for(table.far[line], old, language)
        fitting = islice((piece for piece in likely if self._fits(old, piece, language, there, asked)), LIKELY)
        also = [p for p in related if table.allowed[line, p] and self._fits(old, p, language, there, asked)]
        for piece in dict.fromkeys([*fitting, *also]):
            yield Replacement(
                place,
                place + 1,
                (self._word(piece),),
                near_new=float(table.near[line, piece]),
                near_old=float(table.near[line, own]),
                far_new=float(table.far[line, piece]),
                far_old=float(table.far[line, own]),
                used=float(table.used[line, piece]),
                meant=float(table.meant[line, piece]),
            )

    def _word(self, piece: int) -> str:
        return self._model.tokenizer.pieces[piece].removeprefix(WORD_START).casefold()

    def _pieces_of(self, words: Iterable[str], *, capital: bool) -> list[int]:
        """The pieces of words that are one, sorted by word."""
        written = sorted(word[:1].upper() + word[1:] if capital else word for word in words)
        found = (self._numbers.get(WORD_START + word) for word in written)
        return [piece for piece in found if piece is not None]

    def _asked_for(self, far: Tensor, old: str, language: Language) -> frozenset[tuple[str, str]]:
        """Which part of speech and form of a word its place asks for, told by what else the decoder would write there.

        "Cost" is a verb in "it would cost more", for verbs are likely there. Empty where no lexicon knows the word.
        """
        readings = language.lexicon.readings(old) if language.lexicon else ()
        mass = {(each.kind, each.form): 0.0 for each in readings}
        if not language.lexicon or len(mass) < 2:
            return frozenset(mass)
        best = far.topk(WRITTEN)
        for piece, nats in zip(best.indices.tolist(), best.values.tolist(), strict=True):
            word = self._word(piece)
            there = {(each.kind, each.form) for each in language.lexicon.readings(word)} if word != old else set()
            for each in there & mass.keys():
                mass[each] += exp(nats) / len(there)
        most = max(mass.values())
        return frozenset(each for each, share in mass.items() if share >= MINOR * most)

    def _fits(
        self, old: str, piece: int, language: Language, there: set[str], asked: frozenset[tuple[str, str]]
    ) -> bool:
        """Whether a piece may stand for a word: no other form of it, not its opposite, as the place asks, not there."""
        word = self._word(piece)
        staying = word in there or word in language.stop_words or word in language.fixed_words
        if staying or language.same_word(old, word) or language.same_form(old, word) is False:
            return False
        if language.lexicon is None:
            return True
        readings = {(each.kind, each.form) for each in language.lexicon.readings(word)}
        return (
            bool(not asked or not readings or readings & asked) and language.lexicon.relation(old, word) != "opposite"
        )
