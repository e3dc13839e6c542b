"""How probably people accept a move of parts of a sentence: weighted features, learned from judged moves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vae.language.sentence_encoder import SentenceEncoder
from vae.variation.free import quoted_in
from vae.variation.move_features import COLUMNS, features
from vae.variation.moves import Moves
from vae.variation.put_first import PutFirst
from vae.variation.ranker import READ_LANGUAGE, Weights
from vae.variation.seams import seams
from vae.variation.word_states import word_states

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vae.language.language import Language
    from vae.latent.noise import Key
    from vae.loaded_model import LoadedModel
    from vae.variation.move import Move
    from vae.variation.words import Words

FORMAT = "blogvae-moves/1"
FILE = Path(__file__).parent / "rankers" / "moves.json"
"""The weights that ship, with what they were learned from; `train_moves` writes them."""

LEAST_GAIN = -1.3
"""Mean log p a piece that the seams may lose: what loses more was never judged, and is not proposed."""


@dataclass(frozen=True)
class MoveRanker:
    """Weighs moves; each number is a probability that a strict reader lets one stand."""

    put_first: PutFirst
    rankers: Mapping[str, Weights]

    def probability(self, kind: str, row: Sequence[float]) -> float:
        """Of a move of a kind with these features."""
        (logit,) = self.rankers[kind].logits(np.array([row]), COLUMNS[kind])
        return float(1 / (1 + np.exp(-logit)))


def weighed_moves(
    model: LoadedModel, text: Sequence[Words], place: int, language: Language, *, kept: frozenset[str], key: Key
) -> list[tuple[Move, float]]:
    """The moves in a segment of a text, each with its probability; none in a language whose moves were not judged.

    Raises:
        UserError: a file of the sentence encoder is missing or not the one that ships.
    """
    ranker = read_move_ranker(FILE)
    return [
        (move, ranker.probability(move.kind, row))
        for move, row in rows_of_moves(model, text, place, language, ranker.put_first, kept=kept, key=key)
    ]


def rows_of_moves(
    model: LoadedModel,
    text: Sequence[Words],
    place: int,
    language: Language,
    put_first: PutFirst,
    *,
    kept: frozenset[str],
    key: Key,
) -> list[tuple[Move, tuple[float, ...]]]:
    """The moves in a segment of a text whose seams the decoder allows, each with its features."""
    if language.code != READ_LANGUAGE or not language.knows_words:
        return []
    words = text[place]
    moves = Moves(language, piece_numbers(model), kept)(words, quoted_in(text)[place])
    both = list(zip(moves, seams(model, words, moves, key=key), strict=True)) if moves else []
    both = [(move, seam) for move, seam in both if seam.new - seam.old >= LEAST_GAIN]
    if not both:
        return []
    states = word_states(SentenceEncoder.load(), words.words)
    moves, told = [move for move, _ in both], [seam for _, seam in both]
    rows = features(words, moves, told, states, put_first=put_first, language=language)
    return list(zip(moves, rows, strict=True))


def piece_numbers(model: LoadedModel) -> dict[str, int]:
    """The numbers of the pieces of a model's tokenizer."""
    return {piece: number for number, piece in enumerate(model.tokenizer.pieces)}


@lru_cache(maxsize=4)
def read_move_ranker(file: Path) -> MoveRanker:
    """The ranker of a file.

    Raises:
        ValueError: it is of another format, or weighs other features than there are.
    """
    told = json.loads(file.read_text(encoding="utf-8"))
    if told["format"] != FORMAT:
        raise ValueError(f"{file}: {told['format']}, not {FORMAT}")
    rankers = {kind: Weights(**each) for kind, each in told["rankers"].items()}
    for kind, columns in COLUMNS.items():
        if set(rankers[kind].weights) != set(columns):
            raise ValueError(f"{file}: the ranker {kind} weighs other features; make it anew with train_moves")
    put_first = told["put_first"]
    weights = np.array(put_first["weights"], np.float32)
    pronouns = {word: (behind, first) for word, (behind, first) in put_first["pronouns"].items()}
    return MoveRanker(PutFirst(put_first["constant"], weights, pronouns), rankers)
