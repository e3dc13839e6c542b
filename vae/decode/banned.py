"""Words that must not come out, however they are spelled in pieces."""

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
    """Forbids every piece that completes one of the words or phrases, in any case and any spelling in pieces.

    So a longer word that begins with a banned one is lost too, where a piece of it ends just there: what would follow
    is not known yet.
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
        # By what stands before them, and whether that must be the beginning of a word.
        self._completing: defaultdict[tuple[bytes, bool], list[int]] = defaultdict(list)
        for word in folded:
            whole, apart = word.encode(), re.match(r"\w", word) is not None
            for split in range(len(whole)):
                self._completing[whole[:split], apart] += pieces_by_end[whole[split:]]
        self._sizes = sorted({len(before) for before, _ in self._completing})

    def __call__(self, scores: torch.Tensor, history: torch.Tensor) -> None:
        """Forbids what completes a banned word behind each row's pieces."""
        scores[:, self._always] = -torch.inf
        seen = self._sizes[-1] + _LONGEST_CHARACTER  # a piece is a byte at least
        blocked = [
            (row, piece)
            for row, pieces in enumerate(history[:, -seen:].tolist())
            for piece in self._completing_behind(b"".join(map(self._texts.__getitem__, pieces)))
        ]
        if blocked:
            scores[tuple(zip(*blocked, strict=True))] = -torch.inf

    def _completing_behind(self, text: bytes) -> Iterator[int]:
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
    """The same object for the same words and tokenizer: it takes a look at every piece to make one."""
    return BannedPieces(words, tokenizer)


def _texts(tokenizer: Tokenizer) -> list[bytes]:
    """What each piece stands for, in small letters and UTF-8; special pieces for nothing."""
    pieces = [line.rpartition("\t")[0] for line in tokenizer.vocabulary().split("\n")[:-1]]
    return [b"" if number <= EOS else _text(piece) for number, piece in enumerate(pieces)]


def _text(piece: str) -> bytes:
    byte = _BYTE.fullmatch(piece)
    return bytes([int(byte[1], 16)]).lower() if byte else piece.replace("\u2581", " ").casefold().encode()


def _characters(text: bytes) -> str:
    return text.decode(errors="replace")


def _word_ends(text: bytes) -> Iterator[int]:
    """The places where a word may end, the text's end among them."""
    characters = _characters(text)
    for match in re.finditer(r"(?!\A)(?!(?<=\w)\w)", characters):
        yield len(characters[: match.start()].encode())


def _pattern(word: str) -> str:
    """The word, not within another one."""
    before, after = (r"(?<!\w)" if re.match(r"\w", word) else ""), (r"(?!\w)" if re.search(r"\w\Z", word) else "")
    return before + re.escape(word) + after
