"""Reads which proposed moves a reader accepted, as examples for the rankers of moves."""

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
"""1,371 moves in 244 paragraphs, 123 written for this and the others from the sample corpus.

Each move has its kind, its four places, and 1 if a strict reader would let it stand in print, 0 if not. One reader
judged them all, each move alone.
"""


@dataclass(frozen=True)
class JudgedMove:
    """A judged move: the number of its paragraph, its kind, its features, and whether the reader accepts it."""

    paragraph: int
    kind: str
    row: tuple[float, ...]
    accepted: bool


def judged_moves(model: TextVAE, put_first: PutFirst, file: Path = JUDGED_MOVES_FILE) -> list[JudgedMove]:
    """Returns the judged moves that the model and the language still propose."""
    english = language("en")
    judged = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        paragraph = json.loads(line)
        (segment,) = cut([paragraph["text"]], tokenizer=model.tokenizer, max_len=model.max_len)[0]
        words, key = words_of(segment, model.tokenizer), (0, paragraph["text"], 0)
        accepted_by_move = {tuple(move): accepted for *move, accepted in paragraph["moves"]}
        for move, row in rows_of_moves(model, [words], 0, english, put_first, kept=frozenset(), key=key):
            name = (move.kind, move.start, move.left, move.right, move.end)
            if name in accepted_by_move:
                judged.append(JudgedMove(number, move.kind, row, bool(accepted_by_move[name])))
    return judged
