"""Words that might stand in the places of a segment: those a decoder would write there, used and meant alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional

from tokenizer.tokenizer import WORD_START
from vae.models.masked import MaskedVAE
from vae.variation.place_scores import place_scores
from vae.variation.replacement import Replacement
from vae.variation.words import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from tokenizer.tokenizer import Tokenizer
    from vae.guide import Guide
    from vae.language.language import Language
    from vae.text_vae import TextVAE
    from vae.variation.task import Task
    from vae.variation.window import Window
    from vae.variation.words import Words

CANDIDATES = 8
"""Words a place that are weighed further."""

LOOKED_AT = 32
"""Words a place whose relation to the old one is looked up."""

LEAST_USED = 0.25
"""The cosine of usage below which a word is another word, not a like one."""

LEAST_FAR, WORSE_FAR = -7.0, 3.5
"""Log p that the words around must allow a word at least, and how much less than the old one it may have."""

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
    def of(cls, model: TextVAE) -> Vocabulary:
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


def exchanges(
    model: TextVAE,
    vocabulary: Vocabulary,
    task: Task,
    window: Window,
    words: Words,
    free: Sequence[bool],
    guide: Guide,
    *,
    language: Language,
    seed: int,
) -> list[Replacement]:
    """For each free word that is one piece up to CANDIDATES others.

    Function words, and words that state a fact whatever stands around them, are neither taken nor brought.
    """
    staying = language.stop_words | language.fixed_words
    places = [place for place in range(len(words)) if free[place] and _is_one_piece(words, place, vocabulary, task)]
    places = [place for place in places if bare(words.words[place]) not in staying]
    if not places:
        return []
    pieces = [_piece(words, place, task) for place in places]
    at = [words.spans[place][0] for place in places]  # type: ignore[index]
    near, far = place_scores(model, task, window, at, guide, seed=seed)
    old = torch.tensor(pieces, device=near.device)
    used = vocabulary.usage[old] @ vocabulary.usage.T
    meant = vocabulary.meaning[old] @ vocabulary.meaning.T if vocabulary.meaning.shape[1] else torch.zeros_like(used)
    old_far = far.gather(1, old[:, None])
    allowed = vocabulary.word & (vocabulary.capital == vocabulary.capital[old][:, None]) & (used >= LEAST_USED)
    allowed &= far >= torch.clamp(old_far - WORSE_FAR, min=LEAST_FAR)
    alike = (used + meant) / 2 if vocabulary.meaning.shape[1] else used
    rough = 0.5 * far.clamp(max=-1) + 0.3 * near.clamp(max=-1) + 8 * alike
    rough = rough.masked_fill(~allowed, -torch.inf).scatter(1, old[:, None], -torch.inf)
    best = rough.topk(min(LOOKED_AT, rough.shape[1]), dim=1)
    there = {bare(word) for word in words.words}
    found = []
    for line, place in enumerate(places):
        chosen = [int(p) for p, s in zip(best.indices[line], best.values[line], strict=True) if s > -torch.inf]
        fitting = _fitting(bare(words.words[place]), chosen, model.tokenizer, language, there)
        for _, piece, word in zip(range(CANDIDATES), *zip(*fitting, strict=True), strict=False) if fitting else ():
            found.append(
                Replacement(
                    place,
                    place + 1,
                    (word,),
                    near_new=float(near[line, piece]),
                    near_old=float(near[line, old[line]]),
                    far_new=float(far[line, piece]),
                    far_old=float(far[line, old[line]]),
                    used=float(used[line, piece]),
                    meant=float(meant[line, piece]),
                )
            )
    return found


def _fitting(
    old: str, pieces: Sequence[int], tokenizer: Tokenizer, language: Language, there: set[str]
) -> list[tuple[int, str]]:
    """The pieces that may stand for a word: no other form of it, not its opposite, in its form, not in the segment."""

    def fits(word: str) -> bool:
        if word in there or word in language.stop_words or word in language.fixed_words or language.same_word(old, word):
            return False
        if language.same_form(old, word) is False:
            return False
        return not (language.lexicon and language.lexicon.relation(old, word) == "opposite")

    named: Iterator[tuple[int, str]] = ((p, tokenizer.pieces[p].removeprefix(WORD_START).casefold()) for p in pieces)
    return [(piece, word) for piece, word in named if fits(word)]


def _is_one_piece(words: Words, place: int, vocabulary: Vocabulary, task: Task) -> bool:
    span = words.spans[place]
    return span is not None and span[1] - span[0] == 1 and bool(vocabulary.word[task.segment.ids[span[0]]])


def _piece(words: Words, place: int, task: Task) -> int:
    span = words.spans[place]
    assert span is not None
    return task.segment.ids[span[0]]
