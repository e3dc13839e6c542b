"""Turns places of CoInCo and SWORDS into examples for the masked model: CoInCo to learn from, SWORDS to measure on."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenizer.tokenizer import EOS, WORD_START
from vae.teaching.infilling import Example, around
from vae.teaching.substitution_corpora import letters_and_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tokenizer.tokenizer import Tokenizer
    from vae.language.lexicon import Lexicon, Reading
    from vae.teaching.substitution_corpora import CoincoSentence, SwordsTarget

_CONTEXT = 60
"""Characters of a judged passage that the model reads on each side of its target."""

_FEWEST = 3
"""A target needs this many judged pieces, so that choosing among them is hard enough to measure."""

JOINS = frozenset("-'’")
"""A word goes on after these marks."""

_PLAIN = re.compile(WORD_START + r"[^\W\d_]+(?:-[^\W\d_]+)?")


@dataclass(frozen=True)
class Judged:
    """A place in a text, as an Example, and the share of judges who accept each piece that may stand there."""

    example: Example
    accepted: Mapping[int, float]


class Forms:
    """Inflects words within a vocabulary: finds the pieces that are whole words in lower case by lemma and form."""

    def __init__(self, tokenizer: Tokenizer, lexicon: Lexicon) -> None:
        self.tokenizer, self.lexicon = tokenizer, lexicon
        self.pieces = {piece: number for number, piece in enumerate(tokenizer.pieces)}
        self._forms: dict[Reading, list[int]] = defaultdict(list)
        for piece, number in self.pieces.items():
            if _PLAIN.fullmatch(piece) and piece == piece.lower():
                for reading in lexicon.readings(piece.removeprefix(WORD_START)):
                    self._forms[reading].append(number)

    def piece(self, word: str) -> int | None:
        """Returns the piece that is this whole word, or None."""
        return self.pieces.get(WORD_START + word)

    def instead(self, word: str, lemmas: Mapping[str, float]) -> dict[int, float]:
        """Returns the pieces that are the lemmas in the form of `word`, without `word` itself.

        Each keeps the number of its lemma, the greatest where several lemmas share the piece.
        """
        own = self.piece(word)
        number_of: dict[int, float] = defaultdict(float)
        for reading in sorted(self.lexicon.readings(word)):  # the order of a set differs between processes
            for lemma, number in lemmas.items():
                for piece in self._forms.get(reading._replace(lemma=lemma.lower()), ()):
                    if piece != own:
                        number_of[piece] = max(number_of[piece], number)
        return dict(number_of)


def coinco_examples(
    sentences: Iterable[CoincoSentence], forms: Forms, *, longest: int, left_out: str = ""
) -> Iterator[Example]:
    """Yields the targets of CoInCo that are single pieces and have a substitute that is one, weighted by its number.

    Args:
        sentences: of CoInCo.
        forms: inflects the substitutes, which are lemmas.
        longest: pieces of the longest text.
        left_out: skips sentences whose `letters_and_digits` this text contains.
    """
    for before, sentence, after, targets in sentences:
        if left_out and letters_and_digits(sentence) in left_out:
            continue
        end = 0
        for word, substitutes in targets:
            start = sentence.find(word, end)
            if start < 0:
                continue
            end = start + len(word)
            wanted = forms.instead(word, substitutes)
            sides = f"{before} {sentence[:start]}", f"{sentence[end:]} {after}"
            example = _single_piece_example(sides, word, wanted, forms, longest=longest)
            if example:
                yield example


def judged_choices(targets: Iterable[SwordsTarget], forms: Forms) -> list[Judged]:
    """Returns the targets of SWORDS that are single pieces, with their substitutes that are.

    A substitute counts as it is listed and in the form of the target.
    """
    judged = []
    for passage, start, word, _, substitutes in targets:
        left = " ".join(passage[:start].split())[-_CONTEXT:].partition(" ")[2]
        right = passage[start + len(word) :]
        near_right = " ".join(right.split())[:_CONTEXT].rpartition(" ")[0]
        shares = {substitute.lemma: substitute.accepted for substitute in substitutes}
        accepted = forms.instead(word, shares)
        for lemma, share in shares.items():
            piece = forms.piece(lemma)
            if piece is not None and lemma != word:
                accepted[piece] = share
        sides = f"{left} " if left else "", f" {near_right}" if right[:1].isspace() else near_right
        wanted = dict.fromkeys(accepted, 1.0)
        example = _single_piece_example(sides, word, wanted, forms, longest=4 * _CONTEXT, ends=False)
        if example and len(accepted) >= _FEWEST:
            judged.append(Judged(example, accepted))
    return judged


def _single_piece_example(
    sides: tuple[str, str], word: str, wanted: Mapping[int, float], forms: Forms, *, longest: int, ends: bool = True
) -> Example | None:
    """Returns the example of a word that is one piece, between the texts on its sides.

    Returns None if the word is not one piece or is part of a longer word, or if nothing is wanted there.

    Args:
        sides: the texts before and after the word.
        word: the target.
        wanted: pieces that may stand in its place, with their weights.
        forms: knows the pieces.
        longest: pieces of the longest text.
        ends: whether the text ends after the right side, and so gets an end marker.
    """
    left, right = sides
    piece = forms.piece(word)
    joined = bool(left.strip() and not left[-1].isspace()) or right[:1].isalnum() or right[:1] in JOINS
    if piece is None or not wanted or joined:
        return None
    masked = [forms.tokenizer.protect(" ".join(text.split())).masked for text in (left, word + right)]
    before, after = forms.tokenizer.encode(masked)
    if after[:1] != [piece]:  # next to some marks the tokenizer splits the word
        return None
    ending = [EOS] if ends else []
    near_left, near_right = around(before, [*after[1:], *ending], longest - 1)
    ids = (*near_left, piece, *near_right)
    return Example(source=ids, ids=ids, first=len(near_left), wanted=(wanted,))
