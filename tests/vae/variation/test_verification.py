from dataclasses import replace

import pytest
import torch

from tokenizer.segments import cut
from vae.language.language import language
from vae.variation import verification as module
from vae.variation.move import TO_END, Move
from vae.variation.replacement import Replacement
from vae.variation.verification import verify_edits
from vae.variation.words import words_of

ENGLISH = language("en")
KEY = (0, "post", 0)


@pytest.fixture(scope="module")
def words(fills):
    ((segment,),) = cut(["The quiet cat paints dogs."], tokenizer=fills.tokenizer, max_len=fills.max_len)
    return words_of(segment, fills.tokenizer)


def replacement(place, *new):
    return Replacement(place, place + 1, new, near_new=0.0, near_old=0.0, far_new=0.0, far_old=0.0)


EDITS = [replacement(2, "bird"), replacement(4, "lamps")]


@pytest.fixture
def decoder(fills, monkeypatch):
    """Sets what the decoder returns: the log p of some pieces at some places of the new text, -1 elsewhere."""

    def set_log_p(text, values):
        ids = fills.tokenizer.encode([text])[0]
        found = torch.full((len(ids) + 4, fills.module.vocab_size), -1.0)
        for place, piece, log_p in values:
            (number,) = fills.tokenizer.encode([piece])[0][:1]
            found[place, number] = log_p
        monkeypatch.setattr(module, "_log_p", lambda *_, **__: found)

    return set_log_p


def test_replacements_that_the_decoder_finds_likely_stay(fills, words, decoder):
    decoder("The quiet bird paints lamps.", [])
    assert verify_edits(fills, words, EDITS, language=ENGLISH, key=KEY) == ([0, 1], [])


def test_a_replacement_that_the_decoder_would_hardly_write_is_refused(fills, words, decoder):
    decoder("The quiet bird paints lamps.", [(2, "bird", -20.0)])
    assert verify_edits(fills, words, EDITS, language=ENGLISH, key=KEY) == ([1], [])


def test_moves_alone_stay_without_a_look_of_the_decoder(fills, words, monkeypatch):
    monkeypatch.setattr(module, "_log_p", None)
    move = Move(TO_END, 0, 2, 2, 4, words.words[:4], (*words.words[2:4], *words.words[:2]))
    assert verify_edits(fills, words, [move], language=ENGLISH, key=KEY) == ([0], [])


def test_no_edit_stays_if_the_segment_becomes_too_long(fills, words):
    many = [replacement(2, *["quietest"] * fills.max_len)]
    assert verify_edits(fills, words, many, language=ENGLISH, key=KEY) == ([], [])


def test_log_p_is_a_distribution_at_the_places_of_spans_and_0_elsewhere(fills, words):
    log_p = module._log_p(fills, fills.tokenizer.encode(["The quiet bird paints lamps."])[0], [((2, 3), 0)], key=KEY)
    assert log_p[2].exp().sum() == pytest.approx(1.0, abs=1e-4)
    assert (log_p[[0, 1, 3]] == 0).all()
    again = module._log_p(fills, fills.tokenizer.encode(["The quiet bird paints lamps."])[0], [((2, 3), 0)], key=KEY)
    assert torch.equal(log_p, again)


def test_verification_does_not_read_the_scores_of_a_replacement(fills, words, decoder):
    decoder("The quiet bird paints lamps.", [])
    other = [replace(each, far_new=-9.0) for each in EDITS]
    assert verify_edits(fills, words, other, language=ENGLISH, key=KEY) == ([0, 1], [])
