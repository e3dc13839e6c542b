from itertools import product

import pytest
import torch

from tokenizer.tokenizer import EOS
from vae.decode.beam import LENGTH_PENALTY
from vae.decode.decoding import Decoding, decode


def normalised(log_p, length):
    return log_p / ((5 + length) / 6) ** LENGTH_PENALTY


def score(module, z, text, log_p_after):
    """The normalised log p of a text, its end marker counted where it has one."""
    read = [*text, EOS][: module.max_len]
    log_p = sum(log_p_after(module, z, [read[:place]])[0, piece].item() for place, piece in enumerate(read))
    return normalised(log_p, len(read))


def plain_beam_search(module, z, log_p_after, beams):
    """On lists, every beginning read again from the first piece on."""
    kept = [((), 0.0)]
    for _ in range(module.max_len):
        grown = [each for each in kept if EOS in each[0]]
        going = [each for each in kept if EOS not in each[0]]
        if not going:
            break
        read = log_p_after(module, z, [text for text, _ in going]).tolist()
        for (text, log_p), row in zip(going, read, strict=True):
            grown += [((*text, piece), log_p + more) for piece, more in enumerate(row)]
        kept = sorted(grown, key=lambda each: -each[1])[:beams]
    best = max(kept, key=lambda each: normalised(each[1], len(each[0])))[0]
    return [piece for piece in best if piece != EOS]


def test_it_finds_what_a_plain_search_over_whole_texts_finds(module, draw_latents, log_p_after):
    z = draw_latents(module, 4)
    for beams in (2, 5):
        found = decode(module, z, Decoding(method="beam", beams=beams))
        assert found == [plain_beam_search(module, row, log_p_after, beams) for row in z]


@pytest.mark.parametrize("kind", ["lstm-1", "transformer-queries"])
def test_with_room_for_all_it_finds_the_best_of_all_texts(make_decoder, draw_latents, log_p_after, kind):
    module = make_decoder(kind, vocab_size=6, max_len=4)
    texts = [list(text) for length in range(5) for text in product((4, 5), repeat=length)]
    z = draw_latents(module, 2)
    found = decode(module, z, Decoding(method="beam", beams=64))
    for row, text in zip(z, found, strict=True):
        scores = [score(module, row, each, log_p_after) for each in texts]
        assert score(module, row, text, log_p_after) == pytest.approx(max(scores), abs=1e-5)


def test_more_beams_find_likelier_texts_than_greedy(decoder, draw_latents, log_p_after):
    z = draw_latents(decoder, 20)
    greedy, beam = (decode(decoder, z, how) for how in (Decoding(), Decoding(method="beam", beams=8)))
    gains = [
        score(decoder, row, found, log_p_after) - score(decoder, row, best, log_p_after)
        for row, found, best in zip(z, beam, greedy, strict=True)
    ]
    assert min(gains) > -1e-4
    assert max(gains) > 0.01


def test_the_batch_need_not_be_a_multiple_of_the_beams(decoder, draw_latents):
    z = draw_latents(decoder, 25)
    rows = decode(decoder, z, Decoding(method="beam", beams=7))
    assert rows == [decode(decoder, row[None], Decoding(method="beam", beams=7))[0] for row in z]


def test_longer_texts_are_not_worse_for_being_long():
    torch.testing.assert_close(normalised(-8.0, 1) / normalised(-8.0, 30), (35 / 6) ** 0.6)
