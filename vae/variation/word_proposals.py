"""Proposes other words for the words of a segment: likely ones of similar use and meaning, and their synonyms."""

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
"""Words that are proposed for a place by their rough score, at most; synonyms come on top."""

_CHECKED = 32
"""Words of the best rough score, of a place, among which the LIKELY are searched."""

LEAST_USED = 0.25
"""The least cosine of the usage vectors of two words that are used alike."""

LEAST_FAR = -9.0
"""The least log p, from far latents, of a word that is proposed."""

WRITTEN, MINOR = 64, 0.5
"""How many of a place's most likely words show which part of speech fits there, and the least probability of a part of
speech that fits, as a share of that of the most probable one."""

_WORD = re.compile(rf"{WORD_START}[^\W\d_]+")


class Vocabulary(NamedTuple):
    """The pieces of a tokenizer, as a model knows them.

    `word` (vocab,) says which pieces are whole words of letters, `capital` (vocab,) which begin with a capital; `usage`
    (vocab, n) and `meaning` (vocab, m) are unit vectors.
    """

    word: Tensor
    capital: Tensor
    usage: Tensor
    meaning: Tensor

    @classmethod
    def of(cls, model: LoadedModel) -> Vocabulary:
        """Reads the vocabulary of a masked model from its vectors, that of another from its embedding as usage."""
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
    """Scores of every piece of the vocabulary in some places of a segment.

    `pieces` (places,) are those that stand there. The others are (places, vocab): log p from latents near and far, the
    cosines of the vectors of usage and of meaning, a rough score, -inf for pieces that are not proposed, and whether a
    piece is allowed at all.
    """

    pieces: Tensor
    near: Tensor
    far: Tensor
    used: Tensor
    meant: Tensor
    rough: Tensor
    allowed: Tensor


class WordProposer:
    """Proposes words for the places of a segment, as a model scores them."""

    def __init__(self, model: LoadedModel, guide: Guide, *, seed: int) -> None:
        """Args: guide: where latents go; seed: that of their noise."""
        self._model, self._guide, self._seed = model, guide, seed
        self._vocabulary = Vocabulary.of(model)
        self._piece_numbers = {piece: number for number, piece in enumerate(model.tokenizer.pieces)}

    def __call__(
        self, task: Task, window: Window, words: Words, editable: Sequence[bool], *, language: Language
    ) -> list[Replacement]:
        """Returns replacements of each editable word that is one piece: up to LIKELY by score, and all synonyms.

        Function words, and the language's fixed words, are neither replaced nor proposed.
        """
        fixed = language.stop_words | language.fixed_words
        pieces = {
            place: span[0]
            for place, span in enumerate(words.spans)
            if editable[place] and span and span[1] - span[0] == 1 and bare(words.words[place]) not in fixed
        }
        pieces = {place: piece for place, piece in pieces.items() if self._vocabulary.word[task.segment.ids[piece]]}
        if not pieces:
            return []
        scores = place_scores(self._model, task, window, list(pieces.values()), self._guide, seed=self._seed)
        table = self._score([task.segment.ids[piece] for piece in pieces.values()], scores)
        present = {bare(word) for word in words.words}
        return [
            replacement
            for line, place in enumerate(pieces)
            for replacement in self._of_place(
                table, line, place, bare(words.words[place]), language=language, present=present
            )
        ]

    def _score(self, old: Sequence[int], scores: PlaceScores) -> _Table:
        """Scores every piece of the vocabulary in each place, whose piece is one of `old`."""
        near, far = scores
        vocabulary, pieces = self._vocabulary, torch.tensor(old, device=near.device)
        used = vocabulary.usage[pieces] @ vocabulary.usage.T
        meant = vocabulary.meaning[pieces] @ vocabulary.meaning.T
        alike = (used + meant) / 2 if vocabulary.meaning.shape[1] else used
        same_case = vocabulary.capital == vocabulary.capital[pieces][:, None]
        allowed = vocabulary.word & same_case & (far >= LEAST_FAR)
        rough = 0.5 * far.clamp(max=-1) + 0.3 * near.clamp(max=-1) + 8 * alike
        rough = rough.masked_fill(~allowed | (used < LEAST_USED), -torch.inf)
        return _Table(pieces, near, far, used, meant, rough.scatter(1, pieces[:, None], -torch.inf), allowed)

    def _of_place(
        self, table: _Table, line: int, place: int, old: str, *, language: Language, present: set[str]
    ) -> Iterator[Replacement]:
        """Yields the replacements of one word, whose scores are in a line of the table."""
        best = table.rough[line].topk(min(_CHECKED, table.rough.shape[1]))
        likely = [
            piece for piece, score in zip(best.indices.tolist(), best.values.tolist(), strict=True) if isfinite(score)
        ]
        own = table.pieces[line]
        synonyms = synonyms_in(self._model.tokenizer, language)(old)
        related = self._pieces_of(synonyms, capital=bool(self._vocabulary.capital[own]))
        readings = self._fitting_readings(table.far[line], old, language)
        fitting = islice((piece for piece in likely if self._fits(old, piece, language, present, readings)), LIKELY)
        also = [p for p in related if table.allowed[line, p] and self._fits(old, p, language, present, readings)]
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
        """Returns the word, in small letters, that a piece writes."""
        return self._model.tokenizer.pieces[piece].removeprefix(WORD_START).casefold()

    def _pieces_of(self, words: Iterable[str], *, capital: bool) -> list[int]:
        """Returns the pieces of those words that are one piece, sorted by word."""
        written = sorted(word[:1].upper() + word[1:] if capital else word for word in words)
        pieces = (self._piece_numbers.get(WORD_START + word) for word in written)
        return [piece for piece in pieces if piece is not None]

    def _fitting_readings(self, far: Tensor, old: str, language: Language) -> frozenset[tuple[str, str]]:
        """Returns the (part of speech, form) readings of a word that fit its place; none if no lexicon has the word.

        Of several readings those fit that words have which are likely there, by `far`, log p (vocab,): "cost" is a
        verb in "it would cost more", because verbs are likely there. Only words count that have one of the readings:
        "gone" shows that "started" is a participle in "they have started", and "opened" would not.
        """
        own = language.lexicon.readings(old) if language.lexicon else ()
        mass = {(reading.kind, reading.form): 0.0 for reading in own}
        if not language.lexicon or len(mass) < 2:
            return frozenset(mass)
        best = far.topk(WRITTEN)
        for piece, log_p in zip(best.indices.tolist(), best.values.tolist(), strict=True):
            word = self._word(piece)
            shared = {(reading.kind, reading.form) for reading in language.lexicon.readings(word)} & mass.keys()
            if word != old and len(shared) == 1:
                mass[shared.pop()] += exp(log_p)
        most = max(mass.values())
        return frozenset(reading for reading, share in mass.items() if share >= MINOR * most)

    def _fits(
        self, old: str, piece: int, language: Language, present: set[str], fitting: frozenset[tuple[str, str]]
    ) -> bool:
        """Whether a piece may replace the word `old`.

        It must be another word, in the same form, with one of the readings that fit the place if readings are known;
        no opposite or other spelling of the word, no function word or fixed word, and none of those `present` in the
        segment.
        """
        word = self._word(piece)
        excluded = word in present or word in language.stop_words or word in language.fixed_words
        if excluded or language.same_word(old, word) or language.same_form(old, word) is False:
            return False
        if language.lexicon is None:
            return True
        readings = {(reading.kind, reading.form) for reading in language.lexicon.readings(word)}
        fits = not fitting or not readings or bool(readings & fitting)
        other = language.lexicon.relation(old, word) != "opposite" and not language.lexicon.spelled_alike(old, word)
        return fits and other
