from itertools import product

import pytest
import torch

from tokenizer.tokenizer import EOS
from vae.decode.beam import LENGTH_PENALTY
from vae.decode.decoding import Decoding, decode


def normalised(log_p, length):
    return log_p / ((5 + length) / 6) ** LENGTH_PENALTY


def score(module, z, text, log_p_after):
    """Returns the normalised log p of a text, which counts its end marker where it has one."""
    read = [*text, EOS][: module.max_len]
    log_p = sum(log_p_after(module, z, [read[:place]])[0, piece].item() for place, piece in enumerate(read))
    return normalised(log_p, len(read))


def plain_beam_search(module, z, log_p_after, beams):
    """Searches in lists, and reads every beginning from its first piece."""
    kept = [((), 0.0)]
    for _ in range(module.max_len):
        ended = [(text, log_p) for text, log_p in kept if EOS in text]
        unended = [(text, log_p) for text, log_p in kept if EOS not in text]
        if not unended:
            break
        log_p_of_rows = log_p_after(module, z, [text for text, _ in unended]).tolist()
        extended = [
            ((*text, piece), log_p + more)
            for (text, log_p), row in zip(unended, log_p_of_rows, strict=True)
            for piece, more in enumerate(row)
        ]
        kept = sorted(ended + extended, key=lambda beam: -beam[1])[:beams]
    best = max(kept, key=lambda beam: normalised(beam[1], len(beam[0])))[0]
    return [piece for piece in best if piece != EOS]


def test_beam_search_returns_what_a_plain_search_does(module, draw_latents, log_p_after):
    z = draw_latents(module, 4)
    for beams in (2, 5):
        texts = decode(module, z, Decoding(method="beam", beams=beams))
        assert texts == [plain_beam_search(module, row, log_p_after, beams) for row in z]


@pytest.mark.parametrize("kind", ["lstm-1", "transformer-queries"])
def test_with_a_beam_for_every_text_the_best_of_all_is_returned(make_decoder, draw_latents, log_p_after, kind):
    module = make_decoder(kind, vocab_size=6, max_len=4)
    possible = [list(text) for length in range(5) for text in product((4, 5), repeat=length)]
    z = draw_latents(module, 2)
    texts = decode(module, z, Decoding(method="beam", beams=64))
    for row, text in zip(z, texts, strict=True):
        scores = [score(module, row, other, log_p_after) for other in possible]
        assert score(module, row, text, log_p_after) == pytest.approx(max(scores), abs=1e-5)


def test_more_beams_find_likelier_texts_than_greedy(decoder, draw_latents, log_p_after):
    z = draw_latents(decoder, 20)
    greedy, beam = (decode(decoder, z, how) for how in (Decoding(), Decoding(method="beam", beams=8)))
    gains = [
        score(decoder, row, beam_text, log_p_after) - score(decoder, row, greedy_text, log_p_after)
        for row, beam_text, greedy_text in zip(z, beam, greedy, strict=True)
    ]
    assert min(gains) > -1e-4
    assert max(gains) > 0.01


def test_the_batch_need_not_be_a_multiple_of_the_beams(decoder, draw_latents):
    z = draw_latents(decoder, 25)
    rows = decode(decoder, z, Decoding(method="beam", beams=7))
    assert rows == [decode(decoder, row[None], Decoding(method="beam", beams=7))[0] for row in z]


def test_the_log_p_of_a_longer_text_counts_less():
    torch.testing.assert_close(normalised(-8.0, 1) / normalised(-8.0, 30), (35 / 6) ** 0.6)
