import json

import numpy as np
import pytest

from vae.loaded_model import LoadedModel
from vae.settings import DEFAULTS
from vae.teaching.move_examples import JUDGED_MOVES_FILE, judged_moves
from vae.variation import move_ranker
from vae.variation.move import MOVE_KINDS, SWAP
from vae.variation.move_features import MOVE_COLUMNS
from vae.variation.move_ranker import MOVE_RANKER_FILE, read_move_ranker

TEXT = "Then the cat cleaned lamps and letters."


@pytest.fixture
def model(masked, tokenizer, monkeypatch):
    """An untrained model whose decoder allows every move."""
    monkeypatch.setattr(move_ranker, "LEAST_GAIN", -np.inf)
    return LoadedModel(masked, tokenizer, DEFAULTS)


def test_judged_moves_that_are_proposed_get_features_and_the_others_are_left_out(model, tmp_path):
    proposed, not_proposed = [SWAP, 2, 5, 6, 7], [SWAP, 0, 1, 1, 2]
    paragraphs = [[[*not_proposed, 1]], [[*proposed, 1], [*not_proposed, 1]], [[*proposed, 0]]]
    file = tmp_path / "judged_moves.jsonl"
    file.write_text("".join(json.dumps({"text": TEXT, "moves": moves}) + "\n" for moves in paragraphs))
    moves = judged_moves(model, read_move_ranker(MOVE_RANKER_FILE).put_first, file)
    assert [(move.paragraph, move.kind, move.accepted) for move in moves] == [(1, SWAP, True), (2, SWAP, False)]
    assert moves[0].row == moves[1].row
    assert len(moves[0].row) == len(MOVE_COLUMNS[SWAP])
    assert np.isfinite(moves[0].row).all()


def test_the_moves_that_ship_are_of_known_kinds_and_lie_within_their_paragraph():
    paragraphs = [json.loads(line) for line in JUDGED_MOVES_FILE.read_text(encoding="utf-8").splitlines()]
    moves = [(len(paragraph["text"].split()), *move) for paragraph in paragraphs for move in paragraph["moves"]]
    assert (len(paragraphs), len(moves)) == (244, 1371)
    assert {kind for _, kind, *_ in moves} == set(MOVE_KINDS)
    assert all(0 <= start < left <= right < end <= words for words, _, start, left, right, end, _ in moves)
    assert {accepted for *_, accepted in moves} == {0, 1}
