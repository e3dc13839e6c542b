"""Keeps banned words out of decoded texts, however they are spelled in pieces."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import EOS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tokenizer.tokenizer import Tokenizer

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_LONGEST_CHARACTER = 4  # bytes, in UTF-8


class BannedPieces:
    """Forbids every piece that completes a banned word or phrase, whatever its case and its spelling in pieces.

    What follows a piece is not known yet. So a longer word that begins with a banned one cannot come out either, if
    one of its pieces ends where the banned word does.
    """

    def __init__(self, words: Sequence[str], tokenizer: Tokenizer) -> None:
        self._texts = _texts(tokenizer)
        pieces_by_end = defaultdict(list)
        for piece, text in enumerate(self._texts):
            for end in _word_ends(text):
                pieces_by_end[text[:end]].append(piece)
        folded = [" ".join(word.casefold().split()) for word in words]
        inside = re.compile("|".join(_pattern(word) for word in folded))
        self._always = [piece for piece, text in enumerate(self._texts) if inside.search(_characters(text), 1)]
        # The pieces that complete a word, by its part before them and whether that part must begin a word.
        self._completing: defaultdict[tuple[bytes, bool], list[int]] = defaultdict(list)
        for word in folded:
            encoded, begins_word = word.encode(), re.match(r"\w", word) is not None
            for split in range(len(encoded)):
                self._completing[encoded[:split], begins_word] += pieces_by_end[encoded[split:]]
        self._sizes = sorted({len(before) for before, _ in self._completing})

    def __call__(self, scores: torch.Tensor, history: torch.Tensor) -> None:
        """Sets the scores (n, vocab) of forbidden pieces to -inf, in place.

        Args:
            scores: of the next piece of each row.
            history: the pieces before it, (n, places).
        """
        scores[:, self._always] = -torch.inf
        needed = self._sizes[-1] + _LONGEST_CHARACTER  # pieces, each of which has at least one byte
        blocked = [
            (row, piece)
            for row, pieces in enumerate(history[:, -needed:].tolist())
            for piece in self._completing_after(b"".join(map(self._texts.__getitem__, pieces)))
        ]
        if blocked:
            scores[tuple(zip(*blocked, strict=True))] = -torch.inf

    def _completing_after(self, text: bytes) -> Iterator[int]:
        for size in self._sizes:
            start = len(text) - size
            if start < 0:
                return
            yield from self._completing.get((text[start:], False), ())
            pieces = self._completing.get((text[start:], True), ())
            if pieces and not re.search(r"\w\Z", _characters(text[max(0, start - _LONGEST_CHARACTER) : start])):
                yield from pieces


@lru_cache(maxsize=4)
def banned_words(words: tuple[str, ...], tokenizer: Tokenizer) -> BannedPieces:
    """Returns the mask of some words; it is cached, since its making looks at every piece of the vocabulary."""
    return BannedPieces(words, tokenizer)


def _texts(tokenizer: Tokenizer) -> list[bytes]:
    """Returns the text of each piece, casefolded, in UTF-8; that of a special piece is empty."""
    pieces = [line.rpartition("\t")[0] for line in tokenizer.vocabulary().split("\n")[:-1]]
    return [b"" if number <= EOS else _text(piece) for number, piece in enumerate(pieces)]


def _text(piece: str) -> bytes:
    byte = _BYTE.fullmatch(piece)
    return bytes([int(byte[1], 16)]).lower() if byte else piece.replace("\u2581", " ").casefold().encode()


def _characters(text: bytes) -> str:
    return text.decode(errors="replace")


def _word_ends(text: bytes) -> Iterator[int]:
    """Yields the places, in bytes, where a word may end: the end of the text is one of them."""
    characters = _characters(text)
    for match in re.finditer(r"(?!\A)(?!(?<=\w)\w)", characters):
        yield len(characters[: match.start()].encode())


def _pattern(word: str) -> str:
    """Returns a regular expression that finds the word where it is not part of a longer one."""
    before, after = (r"(?<!\w)" if re.match(r"\w", word) else ""), (r"(?!\w)" if re.search(r"\w\Z", word) else "")
    return before + re.escape(word) + after
