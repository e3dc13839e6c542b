"""Ranks moves by the probability that people accept them: logistic regressions, learned from judged moves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vae.language.sentence_encoder import SentenceEncoder
from vae.variation.editable_words import quoted_in
from vae.variation.fronting import PutFirst, word_states
from vae.variation.move_features import MOVE_COLUMNS, move_features
from vae.variation.moves import MoveFinder
from vae.variation.ranker import READ_LANGUAGE, Weights
from vae.variation.seam_scores import Seams, seam_scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tokenizer.tokenizer import Tokenizer
    from vae.language.language import Language
    from vae.latent.noise import Key
    from vae.loaded_model import LoadedModel
    from vae.variation.move import Move
    from vae.variation.words import Words

MOVE_RANKER_FORMAT = "blogvae-moves/1"
MOVE_RANKER_FILE = Path(__file__).parent / "rankers" / "moves.json"
"""The weights that ship, and their sources; `train_moves` writes the file."""

LEAST_GAIN = -1.3
"""The least gain of mean log p per piece at the seams. Moves that lose more were never judged, and are not proposed."""

USUAL = Seams(new=-3.2, new_least=-8.3, old=-2.6, old_least=-7.3)
"""The average seam scores of moves in thirty passages; moves are weighed roughly with these before the decoder reads
them."""

_MOST_READ, _LEAST_ROUGH = 4, 0.15
"""The most moves of a segment whose seams the decoder reads, and the least rough probability of one of them."""


@dataclass(frozen=True)
class MoveRanker:
    """Weighs moves: returns for each the probability that a strict reader accepts it."""

    put_first: PutFirst
    rankers: Mapping[str, Weights]

    def probability(self, kind: str, row: Sequence[float]) -> float:
        """Returns the probability of a move of this kind with these features."""
        (logit,) = self.rankers[kind].logits(np.array([row]), MOVE_COLUMNS[kind])
        return float(1 / (1 + np.exp(-logit)))


def weighed_moves(
    model: LoadedModel, text: Sequence[Words], place: int, language: Language, *, kept: frozenset[str], key: Key
) -> list[tuple[Move, float]]:
    """Returns the likely moves in a segment of a text with their probabilities; none in languages but English.

    Raises:
        UserError: a file of the sentence encoder is missing, or is not the one that ships.
    """
    ranker = read_move_ranker(MOVE_RANKER_FILE)
    moves, states = _proposed(model, text[place], quoted_in(text)[place], language, kept)
    if not moves:
        return []
    usual = move_features(
        text[place], moves, [USUAL] * len(moves), states, put_first=ranker.put_first, language=language
    )
    rough = [ranker.probability(move.kind, row) for move, row in zip(moves, usual, strict=True)]
    best = sorted(range(len(moves)), key=lambda number: (-rough[number], number))[:_MOST_READ]
    likely = [moves[number] for number in sorted(best) if rough[number] >= _LEAST_ROUGH]
    rows = _with_seams(model, text[place], likely, states, language=language, put_first=ranker.put_first, key=key)
    return [(move, ranker.probability(move.kind, row)) for move, row in rows]


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
    """Returns all moves in a segment of a text whose seams the decoder allows, each with its features."""
    moves, states = _proposed(model, text[place], quoted_in(text)[place], language, kept)
    return _with_seams(model, text[place], moves, states, language=language, put_first=put_first, key=key)


def _proposed(
    model: LoadedModel, words: Words, quoted: Sequence[bool], language: Language, kept: frozenset[str]
) -> tuple[list[Move], NDArray[np.float32]]:
    """Returns the moves in a segment, and the states of its words; none in a language whose moves were not judged."""
    judged = language.code == READ_LANGUAGE and language.knows_words
    moves = MoveFinder(language, _piece_numbers(model.tokenizer), kept)(words, quoted) if judged else []
    return moves, word_states(SentenceEncoder.load(), words.words) if moves else np.zeros((0, 0), np.float32)


def _with_seams(
    model: LoadedModel,
    words: Words,
    moves: Sequence[Move],
    states: NDArray[np.float32],
    *,
    language: Language,
    put_first: PutFirst,
    key: Key,
) -> list[tuple[Move, tuple[float, ...]]]:
    """Returns those of the moves whose seams the decoder allows, each with its features."""
    pairs = list(zip(moves, seam_scores(model, words, moves, key=key), strict=True)) if moves else []
    pairs = [(move, seams) for move, seams in pairs if seams.new - seams.old >= LEAST_GAIN]
    allowed, scores = [move for move, _ in pairs], [seams for _, seams in pairs]
    rows = move_features(words, allowed, scores, states, put_first=put_first, language=language)
    return list(zip(allowed, rows, strict=True))


@lru_cache(maxsize=4)
def _piece_numbers(tokenizer: Tokenizer) -> dict[str, int]:
    """Returns the number of each piece of a tokenizer."""
    return {piece: number for number, piece in enumerate(tokenizer.pieces)}


@lru_cache(maxsize=4)
def read_move_ranker(file: Path) -> MoveRanker:
    """Reads the ranker of a file.

    Raises:
        ValueError: the file is of another format, or weighs other features than MOVE_COLUMNS names.
    """
    content = json.loads(file.read_text(encoding="utf-8"))
    if content["format"] != MOVE_RANKER_FORMAT:
        raise ValueError(f"{file}: {content['format']}, not {MOVE_RANKER_FORMAT}")
    rankers = {kind: Weights(**weights) for kind, weights in content["rankers"].items()}
    for kind, columns in MOVE_COLUMNS.items():
        if set(rankers[kind].weights) != set(columns):
            raise ValueError(f"{file}: the ranker {kind} weighs other features; make it anew with train_moves")
    put_first = content["put_first"]
    weights = np.array(put_first["weights"], np.float32)
    pronouns = {word: (behind, first) for word, (behind, first) in put_first["pronouns"].items()}
    return MoveRanker(PutFirst(put_first["constant"], weights, pronouns), rankers)
