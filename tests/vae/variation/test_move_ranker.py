import json

import numpy as np
import pytest

from tokenizer.segments import cut
from vae.language.language import language
from vae.variation import move_ranker as module
from vae.variation.fronting import LAYER, LAYERS, PutFirst
from vae.variation.move import MOVE_KINDS, SWAP, Move
from vae.variation.move_features import MOVE_COLUMNS, move_features
from vae.variation.move_ranker import MOVE_RANKER_FILE, read_move_ranker, weighed_moves
from vae.variation.seam_scores import Seams, seam_scores
from vae.variation.words import Words, words_of

pytestmark = pytest.mark.slow

ENGLISH = language("en")
KEY = (0, "post", 0)


def test_the_ranker_that_ships_weighs_what_there_is_and_says_what_it_is_worth():
    ranker = read_move_ranker(MOVE_RANKER_FILE)
    assert set(ranker.rankers) == set(MOVE_KINDS)
    told = json.loads(MOVE_RANKER_FILE.read_text(encoding="utf-8"))
    assert told["cross_validated"]["all"]["right from 0.4"] > 0.65
    assert told["cross_validated"]["all"]["right from 0.8"] > 0.85


@pytest.mark.parametrize(
    ("key", "value", "why"), [("format", "other/1", "not blogvae-moves/1"), ("rankers", {}, "swap")]
)
def test_another_file_is_refused(tmp_path, key, value, why):
    told = json.loads(MOVE_RANKER_FILE.read_text(encoding="utf-8"))
    told[key] = value or told[key] | {SWAP: {"constant": 0.0, "weights": {"other": 1.0}}}
    file = tmp_path / "moves.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(ValueError, match=why):
        read_move_ranker(file)


def test_every_feature_has_a_value():
    words = Words(tuple("When it rained, we had tea and milk.".split()), (None,) * 8)
    states = np.random.default_rng(0).normal(size=(8, 2, len(LAYERS), 6)).astype(np.float32)
    made = [
        Move("to end", 0, 3, 3, 8, words.words, ()),
        Move("to front", 3, 5, 5, 8, words.words[3:], ()),
        Move(SWAP, 5, 6, 7, 8, words.words[5:], ()),
    ]
    told = [Seams(-1.0, -3.0, -2.0, -2.5)] * 3
    put_first = PutFirst(0.5, np.zeros(12, np.float32))
    rows = move_features(words, made, told, states, put_first=put_first, language=ENGLISH)
    by_name = [dict(zip(MOVE_COLUMNS[one.kind], row, strict=True)) for one, row in zip(made, rows, strict=True)]
    assert [(each["gain"], each["new"]) for each in by_name] == [(1.0, -1.0)] * 3
    assert by_name[0]["comma between"] == by_name[0]["pronouns moved"] == by_name[0]["pronouns left"] == 1.0
    assert by_name[1]["put first"] == 0.5
    assert by_name[2]["single"] == by_name[2]["same length"] == 1.0


def test_put_first_reads_the_states_beside_a_place():
    states = np.zeros((3, 2, len(LAYERS), 2), np.float32)
    states[0, 1, LAYER], states[1, 0, LAYER] = (1, 2), (3, 4)
    assert PutFirst(10.0, np.array([1, 10, 100, 1000], np.float32))(states, 1) == 10 + 1 + 20 + 300 + 4000


@pytest.fixture
def words(fills):
    ((segment,),) = cut(["The quiet cat paints dogs and birds."], tokenizer=fills.tokenizer, max_len=fills.max_len)
    return words_of(segment, fills.tokenizer)


def test_seams_of_a_move_depend_on_no_other_move(fills, words):
    one = Move(SWAP, 4, 5, 6, 7, words.words[4:], ("birds", "and", "dogs."))
    other = Move(SWAP, 0, 1, 1, 3, words.words[:3], ("quiet", "cat", "The"))
    both = seam_scores(fills, words, [one, other], key=KEY)
    assert [*seam_scores(fills, words, [one], key=KEY), *seam_scores(fills, words, [other], key=KEY)] == both
    assert all(each.new_least <= each.new < 0 and each.old_least <= each.old < 0 for each in both)


def test_moves_are_weighed_where_the_language_is_known_and_the_decoder_allows_them(fills, words, monkeypatch):
    found = weighed_moves(fills, [words], 0, ENGLISH, kept=frozenset(), key=KEY)
    assert found == weighed_moves(fills, [words], 0, ENGLISH, kept=frozenset(), key=KEY)
    assert all(0 < probability < 1 for _, probability in found)
    assert not weighed_moves(fills, [words], 0, language("de"), kept=frozenset(), key=KEY)
    monkeypatch.setattr(module, "LEAST_GAIN", np.inf)
    assert not weighed_moves(fills, [words], 0, ENGLISH, kept=frozenset(), key=KEY)
