"""Texts filled in by a decoder that sees both sides: against the same done by hand, a row at a time."""

from itertools import pairwise

import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode import fill as module
from vae.decode.decoding import Decoding, decode
from vae.decode.fill import PASSES, fill
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
    found = (
        text_model(config, vocab_size=VOCAB, max_len=MAX_LEN, labels=(2,)).eval().requires_grad_(requires_grad=False)
    )
    generator = torch.Generator().manual_seed(4)
    for weight in found.parameters():
        torch.nn.init.normal_(weight, std=0.4, generator=generator)
    found.bias[EOS] += 1.0
    return found


@pytest.fixture(scope="module")
def z(model):
    return 2 * torch.randn(40, model.slots, 6, generator=torch.Generator().manual_seed(0))


def log_p_of(model, z, ids, hidden, length, level, *, ends=True):
    real = torch.arange(MAX_LEN)[None] < length
    told = Seen(torch.tensor([ids]), torch.tensor([hidden]), real, torch.tensor([level]))
    scores = model.scores(model.features(z[None], told))[0]
    scores[:, [PAD, UNK, BOS] if ends else [PAD, UNK, BOS, EOS]] = -torch.inf
    return scores.log_softmax(-1)


def by_hand(model, z, level=0.0):
    """Greedy, without masks."""
    log_p = log_p_of(model, z, [EOS] * MAX_LEN, [True] * MAX_LEN, MAX_LEN, level)
    ids = log_p.argmax(1).tolist()
    end = ids.index(EOS) if EOS in ids else MAX_LEN
    length = min(end + 1, MAX_LEN)
    sure = log_p.max(1).values.tolist()
    ids = ids[:end] + [EOS] * (MAX_LEN - end)
    for number in range(1, PASSES):
        count = int((1 - number / PASSES) * length)
        again = sorted(range(end), key=lambda place: (sure[place], place))[:count]
        hidden = [place in again for place in range(MAX_LEN)]
        log_p = log_p_of(model, z, ids, hidden, length, level, ends=False)
        for place in again:
            ids[place], sure[place] = int(log_p[place].argmax()), float(log_p[place].max())
    return ids[: ids.index(EOS)] if EOS in ids else ids


def test_the_surest_places_stand_and_the_others_are_filled_again(model, z):
    found = decode(model, z, Decoding())
    assert found == [by_hand(model, row) for row in z]
    first = [log_p_of(model, row, [EOS] * MAX_LEN, [True] * MAX_LEN, MAX_LEN, 0.0).argmax(1).tolist() for row in z]
    assert sum(text != once[: len(text)] for text, once in zip(found, first, strict=True)) > 10
    assert min(map(len, found)) < 4 < max(map(len, found)) == MAX_LEN


def test_the_decoder_is_told_how_far_latents_were_moved(model, z):
    levels = torch.linspace(0, 1.6, len(z))
    found = decode(model, z, Decoding(), levels=levels)
    assert found == [by_hand(model, row, float(level)) for row, level in zip(z, levels, strict=True)]
    assert found != decode(model, z, Decoding())


@pytest.mark.parametrize("rows", [1, 15, 17])
def test_a_text_does_not_depend_on_those_beside_it(model, z, rows):
    assert decode(model, z[:rows], Decoding()) == decode(model, z, Decoding())[:rows]


@pytest.mark.parametrize("block", [5, 16])
def test_how_many_places_are_scored_together_changes_no_text(model, z, monkeypatch, block):
    expected = decode(model, z, Decoding(no_repeat=2))
    monkeypatch.setattr(module, "_BLOCK", block)
    assert decode(model, z, Decoding(no_repeat=2)) == expected


def test_a_text_as_long_as_its_source_is_filled_in_as_few_places_as_that_needs(model, z):
    sources = [[5] * (number % MAX_LEN) for number in range(len(z))]
    found = decode(model, z, Decoding(), sources=sources, as_long=True)
    free = decode(model, z, Decoding())
    for row, (text, source) in enumerate(zip(found, sources, strict=True)):
        width = -(-(len(source) + 1) // 4) * 4
        assert len(text) <= width
        assert text == decode(model, z[row : row + 1], Decoding(), sources=[source], as_long=True)[0]
        assert width < MAX_LEN or text == free[row]
    assert found != free


def test_labels_reach_the_decoder(model, z):
    labels = torch.ones(len(z), 1, dtype=torch.long)
    assert decode(model, z, Decoding(), conditions=labels) != decode(model, z, Decoding())


def test_no_run_comes_twice_that_the_source_has_once(model, z):
    def repeats(rows):
        return sum(len(row) - 1 - len(set(pairwise(row))) for row in rows if len(row) > 1)

    assert repeats(decode(model, z, Decoding())) > 0
    assert repeats(decode(model, z, Decoding(no_repeat=2))) == 0


def test_a_text_is_bounded_by_its_source(model, z):
    sources = [[5] * (3 + number % 4) for number in range(len(z))]
    found = decode(model, z, Decoding(length_ratio=1.0), sources=sources)
    free = decode(model, z, Decoding())
    assert max(map(len, free)) == MAX_LEN
    assert all(len(text) <= len(source) + 5 for text, source in zip(found, sources, strict=True))


def test_draws_follow_from_the_numbers_given(model, z):
    numbers = torch.rand(len(z), MAX_LEN, generator=torch.Generator().manual_seed(1))
    drawn = decode(model, z, Decoding(method="temperature"), numbers)
    assert drawn == decode(model, z, Decoding(method="temperature"), numbers)
    assert drawn != decode(model, z, Decoding(method="temperature"), 1 - numbers)
    assert decode(model, z, Decoding(method="top-k", top_k=1), numbers) == decode(model, z, Decoding())


@pytest.mark.parametrize("candidates", [3, 20])
def test_candidates_are_those_of_each_text_alone(model, z, candidates):
    decoding = Decoding(method="mbr", candidates=candidates)
    numbers = torch.rand(5, MAX_LEN, generator=torch.Generator().manual_seed(1))
    together = decode(model, z[:5], decoding, numbers)
    assert together == [decode(model, z[row : row + 1], decoding, numbers[row : row + 1])[0] for row in range(5)]


def test_what_follows_a_writer_from_left_to_right_is_refused(model, z):
    with pytest.raises(UserError, match="beam needs a decoder that writes from left to right"):
        decode(model, z, Decoding(method="beam"))


def test_special_pieces_are_never_written(model, z):
    rows = fill(model, z, None, width=MAX_LEN, levels=None, pick=lambda scores, _: scores.argmax(-1), masks=())
    assert not {PAD, UNK, BOS, EOS} & {piece for row in rows for piece in row}
