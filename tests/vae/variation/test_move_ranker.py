import json

import numpy as np
import pytest

from tokenizer.segments import cut
from vae.language.language import language
from vae.variation import move_ranker as module
from vae.variation.move import MOVE_KINDS, SWAP, TO_END
from vae.variation.move_ranker import MOVE_RANKER_FILE, read_move_ranker, weighed_moves
from vae.variation.words import words_of

pytestmark = pytest.mark.slow

ENGLISH = language("en")
KEY = (0, "post", 0)


def test_the_ranker_that_ships_weighs_all_kinds_of_moves_and_names_its_accuracy():
    ranker = read_move_ranker(MOVE_RANKER_FILE)
    assert set(ranker.rankers) == set(MOVE_KINDS)
    content = json.loads(MOVE_RANKER_FILE.read_text(encoding="utf-8"))
    assert content["cross_validated"]["all"]["right from 0.4"] > 0.65
    assert content["cross_validated"]["all"]["right from 0.8"] > 0.85


@pytest.mark.parametrize(
    ("key", "value", "why"), [("format", "other/1", "not blogvae-moves/1"), ("rankers", {}, "swap")]
)
def test_a_file_of_another_format_or_of_other_features_is_refused(tmp_path, key, value, why):
    content = json.loads(MOVE_RANKER_FILE.read_text(encoding="utf-8"))
    content[key] = value or content[key] | {SWAP: {"constant": 0.0, "weights": {"other": 1.0}}}
    file = tmp_path / "moves.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=why):
        read_move_ranker(file)


@pytest.fixture
def words(fills):
    ((segment,),) = cut(["When the cat painted, the dog mended."], tokenizer=fills.tokenizer, max_len=fills.max_len)
    return words_of(segment, fills.tokenizer)


def test_moves_are_weighed_in_english_if_the_decoder_allows_their_seams(fills, words, monkeypatch):
    monkeypatch.setattr(module, "LEAST_GAIN", -np.inf)
    found = weighed_moves(fills, [words], 0, ENGLISH, kept=frozenset(), key=KEY)
    assert [move.kind for move, _ in found] == [TO_END]
    assert found == weighed_moves(fills, [words], 0, ENGLISH, kept=frozenset(), key=KEY)
    assert all(0 < probability < 1 for _, probability in found)
    assert not weighed_moves(fills, [words], 0, language("de"), kept=frozenset(), key=KEY)
    monkeypatch.setattr(module, "LEAST_GAIN", np.inf)
    assert not weighed_moves(fills, [words], 0, ENGLISH, kept=frozenset(), key=KEY)
