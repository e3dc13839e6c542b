"""What a reader of ours said of the moves that are proposed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenizer.segments import cut
from vae.language.language import language
from vae.variation import move_ranker
from vae.variation.move_ranker import rows_of_moves
from vae.variation.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from vae.text_vae import TextVAE
    from vae.variation.fronting import PutFirst

JUDGED_MOVES_FILE = move_ranker.MOVE_RANKER_FILE.with_name("judged_moves.jsonl")
"""244 paragraphs, 123 of them written for it and the others of the sample corpus, and 1,371 moves in them: the kind,
the four places, and 1 if a strict reader would let it stand in print, each alone; one reader."""


@dataclass(frozen=True)
class JudgedMove:
    """A move: the number of its paragraph, its kind, its features, and whether the reader accepts it."""

    paragraph: int
    kind: str
    row: tuple[float, ...]
    accepted: bool


def judged_moves(model: TextVAE, put_first: PutFirst, file: Path = JUDGED_MOVES_FILE) -> list[JudgedMove]:
    """The judged moves that are still proposed."""
    english = language("en")
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        told = json.loads(line)
        (segment,) = cut([told["text"]], tokenizer=model.tokenizer, max_len=model.max_len)[0]
        words, key = words_of(segment, model.tokenizer), (0, told["text"], 0)
        said = {tuple(move): accepted for *move, accepted in told["moves"]}
        for move, row in rows_of_moves(model, [words], 0, english, put_first, kept=frozenset(), key=key):
            places = (move.kind, move.start, move.left, move.right, move.end)
            if places in said:
                found.append(JudgedMove(number, move.kind, row, bool(said[places])))
    return found
