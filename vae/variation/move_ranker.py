"""How probably people accept a move of parts of a sentence: weighted features, learned from judged moves."""

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

    from vae.language.language import Language
    from vae.latent.noise import Key
    from vae.loaded_model import LoadedModel
    from vae.variation.move import Move
    from vae.variation.words import Words

MOVE_RANKER_FORMAT = "blogvae-moves/1"
MOVE_RANKER_FILE = Path(__file__).parent / "rankers" / "moves.json"
"""The weights that ship, with what they were learned from; `train_moves` writes them."""

LEAST_GAIN = -1.3
"""Mean log p a piece that the seams may lose: what loses more was never judged, and is not proposed."""


USUAL = Seams(new=-3.2, new_least=-8.3, old=-2.6, old_least=-7.3)
"""What the seams of moves said on average in thirty passages: with these a move is weighed before the decoder is
asked."""

_LOOKED_AT, _LEAST_ROUGH = 4, 0.15
"""The decoder is asked about the likeliest moves of a segment alone, and about none below a probability."""


@dataclass(frozen=True)
class MoveRanker:
    """Weighs moves; each number is a probability that a strict reader lets one stand."""

    put_first: PutFirst
    rankers: Mapping[str, Weights]

    def probability(self, kind: str, row: Sequence[float]) -> float:
        """Of a move of a kind with these features."""
        (logit,) = self.rankers[kind].logits(np.array([row]), MOVE_COLUMNS[kind])
        return float(1 / (1 + np.exp(-logit)))


def weighed_moves(
    model: LoadedModel, text: Sequence[Words], place: int, language: Language, *, kept: frozenset[str], key: Key
) -> list[tuple[Move, float]]:
    """The moves in a segment of a text, each with its probability; none in a language whose moves were not judged.

    Raises:
        UserError: a file of the sentence encoder is missing or not the one that ships.
    """
    ranker = read_move_ranker(MOVE_RANKER_FILE)
    moves, states = _proposed(model, text[place], quoted_in(text)[place], language, kept)
    if not moves:
        return []
    usual = move_features(
        text[place], moves, [USUAL] * len(moves), states, put_first=ranker.put_first, language=language
    )
    rough = [ranker.probability(move.kind, row) for move, row in zip(moves, usual, strict=True)]
    order = sorted(range(len(moves)), key=lambda number: (-rough[number], number))[:_LOOKED_AT]
    likely = [moves[number] for number in sorted(order) if rough[number] >= _LEAST_ROUGH]
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
    """All moves in a segment of a text whose seams the decoder allows, each with its features."""
    moves, states = _proposed(model, text[place], quoted_in(text)[place], language, kept)
    return _with_seams(model, text[place], moves, states, language=language, put_first=put_first, key=key)


def _proposed(
    model: LoadedModel, words: Words, quoted: Sequence[bool], language: Language, kept: frozenset[str]
) -> tuple[list[Move], NDArray[np.float32]]:
    """The moves in a segment, and the states of its words; none in a language whose moves were not judged."""
    known = language.code == READ_LANGUAGE and language.knows_words
    moves = MoveFinder(language, piece_numbers(model), kept)(words, quoted) if known else []
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
    """Those of the moves whose seams the decoder allows, each with its features."""
    both = list(zip(moves, seam_scores(model, words, moves, key=key), strict=True)) if moves else []
    both = [(move, seam) for move, seam in both if seam.new - seam.old >= LEAST_GAIN]
    allowed, read = [move for move, _ in both], [seam for _, seam in both]
    rows = move_features(words, allowed, read, states, put_first=put_first, language=language)
    return list(zip(allowed, rows, strict=True))


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
    if told["format"] != MOVE_RANKER_FORMAT:
        raise ValueError(f"{file}: {told['format']}, not {MOVE_RANKER_FORMAT}")
    rankers = {kind: Weights(**each) for kind, each in told["rankers"].items()}
    for kind, columns in MOVE_COLUMNS.items():
        if set(rankers[kind].weights) != set(columns):
            raise ValueError(f"{file}: the ranker {kind} weighs other features; make it anew with train_moves")
    put_first = told["put_first"]
    weights = np.array(put_first["weights"], np.float32)
    pronouns = {word: (behind, first) for word, (behind, first) in put_first["pronouns"].items()}
    return MoveRanker(PutFirst(put_first["constant"], weights, pronouns), rankers)
