"""Compares the texts that `fill` writes with those of a slow reference, which fills one row at a time."""

from itertools import pairwise

import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode import fill as module
from vae.decode.decoding import Decoding, decode
from vae.decode.fill import FILLED_ROWS, PASSES, fill
from vae.errors import UserError
from vae.models.configs import MaskedConfig
from vae.models.families import text_model
from vae.models.masked import Seen

MAX_LEN, VOCAB = 16, 40


@pytest.fixture(scope="module")
def model():
    config = MaskedConfig(
        width=12, heads=2, encoder_layers=1, decoder_layers=2, run=4, dim=6, usage=4, meaning=0, dropout=0.0
    )
    model = text_model(config, vocab_size=VOCAB, max_len=MAX_LEN, labels=(2,)).eval()
    model.requires_grad_(requires_grad=False)
    generator = torch.Generator().manual_seed(4)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.4, generator=generator)
    model.bias[EOS] += 1.0
    return model


@pytest.fixture(scope="module")
def z(model):
    return 2 * torch.randn(40, model.slots, 6, generator=torch.Generator().manual_seed(0))


def log_p_of(model, z, ids, hidden, length, level, *, ends=True):
    real = torch.arange(MAX_LEN)[None] < length
    seen = Seen(torch.tensor([ids]), torch.tensor([hidden]), real, torch.tensor([level]))
    scores = model.scores(model.features(z[None], seen))[0]
    scores[:, [PAD, UNK, BOS] if ends else [PAD, UNK, BOS, EOS]] = -torch.inf
    return scores.log_softmax(-1)


def filled_slowly(model, z, level=0.0):
    """Fills one text greedily."""
    log_p = log_p_of(model, z, [EOS] * MAX_LEN, [True] * MAX_LEN, MAX_LEN, level)
    ids = log_p.argmax(1).tolist()
    end = ids.index(EOS) if EOS in ids else MAX_LEN
    length = min(end + 1, MAX_LEN)
    sure = log_p.max(1).values.tolist()
    ids = ids[:end] + [EOS] * (MAX_LEN - end)
    for number in range(1, PASSES):
        count = int((1 - number / PASSES) * length)
        unsure = sorted(range(end), key=lambda place: (sure[place], place))[:count]
        hidden = [place in unsure for place in range(MAX_LEN)]
        log_p = log_p_of(model, z, ids, hidden, length, level, ends=False)
        for place in unsure:
            ids[place], sure[place] = int(log_p[place].argmax()), float(log_p[place].max())
    return ids[: ids.index(EOS)] if EOS in ids else ids


def test_the_surest_places_are_kept_and_the_others_are_filled_again(model, z):
    texts = decode(model, z, Decoding())
    assert texts == [filled_slowly(model, row) for row in z]
    first = [log_p_of(model, row, [EOS] * MAX_LEN, [True] * MAX_LEN, MAX_LEN, 0.0).argmax(1).tolist() for row in z]
    assert sum(text != first_pass[: len(text)] for text, first_pass in zip(texts, first, strict=True)) > 10
    assert min(map(len, texts)) < 4 < max(map(len, texts)) == MAX_LEN


def test_the_decoder_reads_how_far_latents_were_moved(model, z):
    levels = torch.linspace(0, 1.6, len(z))
    texts = decode(model, z, Decoding(), levels=levels)
    assert texts == [filled_slowly(model, row, float(level)) for row, level in zip(z, levels, strict=True)]
    assert texts != decode(model, z, Decoding())


@pytest.mark.parametrize("rows", [1, 15, 17])
def test_a_text_does_not_depend_on_those_beside_it(model, z, rows):
    assert decode(model, z[:rows], Decoding()) == decode(model, z, Decoding())[:rows]


def no_piece_twice_in_a_row(scores, history):
    """Forbids the piece before a place, as a banned word might."""
    if history.shape[1]:
        (row,) = (history[:, -1] != EOS).nonzero(as_tuple=True)
        scores[row, history[row, -1]] = -torch.inf


def filled(model, z, banned):
    return fill(model, z[:FILLED_ROWS], None, width=MAX_LEN, levels=None, pick=lambda s, _: s.argmax(-1), banned=banned)


def test_forbidden_pieces_are_replaced(model, z):
    def repeats(texts):
        return sum(piece == following for text in texts for piece, following in pairwise(text))

    free, held = filled(model, z, None), filled(model, z, no_piece_twice_in_a_row)
    assert repeats(free) > 0
    assert repeats(held) == 0
    assert [len(text) for text in held] == [len(text) for text in free]


@pytest.mark.parametrize("block", [5, 16])
def test_the_number_of_places_scored_together_changes_no_text(model, z, monkeypatch, block):
    expected = filled(model, z, no_piece_twice_in_a_row)
    monkeypatch.setattr(module, "_BLOCK", block)
    assert filled(model, z, no_piece_twice_in_a_row) == expected


def test_a_text_as_long_as_its_source_has_only_the_places_that_its_source_needs(model, z):
    sources = [[5] * (number % MAX_LEN) for number in range(len(z))]
    texts = decode(model, z, Decoding(), sources=sources, as_long=True)
    free = decode(model, z, Decoding())
    for row, (text, source) in enumerate(zip(texts, sources, strict=True)):
        width = -(-(len(source) + 1) // 4) * 4
        assert len(text) <= width
        assert text == decode(model, z[row : row + 1], Decoding(), sources=[source], as_long=True)[0]
        assert width < MAX_LEN or text == free[row]
    assert texts != free


def test_labels_reach_the_decoder(model, z):
    labels = torch.ones(len(z), 1, dtype=torch.long)
    assert decode(model, z, Decoding(), conditions=labels) != decode(model, z, Decoding())


def test_draws_depend_on_the_numbers_given(model, z):
    numbers = torch.rand(len(z), MAX_LEN, generator=torch.Generator().manual_seed(1))
    drawn = decode(model, z, Decoding(method="temperature"), numbers)
    assert drawn == decode(model, z, Decoding(method="temperature"), numbers)
    assert drawn != decode(model, z, Decoding(method="temperature"), 1 - numbers)
    assert decode(model, z, Decoding(method="top-k", top_k=1), numbers) == decode(model, z, Decoding())


def test_mbr_compares_the_candidates_of_each_text_alone(model, z):
    decoding = Decoding(method="mbr")
    numbers = torch.rand(5, MAX_LEN, generator=torch.Generator().manual_seed(1))
    together = decode(model, z[:5], decoding, numbers)
    assert together == [decode(model, z[row : row + 1], decoding, numbers[row : row + 1])[0] for row in range(5)]


def test_beam_search_is_refused(model, z):
    with pytest.raises(UserError, match="beam needs a decoder that writes from left to right"):
        decode(model, z, Decoding(method="beam"))


def test_special_pieces_are_never_written(model, z):
    assert not {PAD, UNK, BOS, EOS} & {piece for text in filled(model, z, None) for piece in text}
