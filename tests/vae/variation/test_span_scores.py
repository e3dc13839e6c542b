from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from tokenizer.tokenizer import EOS
from vae import TextVAE
from vae.models.configs import MaskedConfig
from vae.models.masked import MaskedVAE, Seen
from vae.settings import DEFAULTS
from vae.variation.span_scores import APART, Span, packed_spans, span_log_p

LENGTH, ROOM = 60, 63


@st.composite
def spans(draw):
    """Draws a span of a text of LENGTH pieces that fits the room alone."""
    start = draw(st.integers(0, LENGTH - 5))
    end = draw(st.integers(start + 1, start + 5))
    return Span(start, end, tuple(draw(st.lists(st.integers(4, 30), min_size=1, max_size=end - start + ROOM - LENGTH))))


@given(st.lists(spans(), max_size=20))
def test_every_span_is_in_one_row_apart_from_others_and_no_row_is_longer_than_the_room(drawn_spans):
    rows = packed_spans(drawn_spans, length=LENGTH, room=ROOM)
    assert sorted(number for row in rows for number in row) == list(range(len(drawn_spans)))
    for row in rows:
        assert all(drawn_spans[one].end + APART <= drawn_spans[other].start for one, other in pairwise(row))
        growth = (len(span.new) - (span.end - span.start) for span in (drawn_spans[number] for number in row))
        assert LENGTH + sum(growth) <= ROOM


def test_a_span_that_leaves_no_room_is_refused():
    with pytest.raises(ValueError, match="leaves no room in 60 of 63 pieces"):
        packed_spans([Span(3, 4, (9,) * 5)], length=LENGTH, room=ROOM)


@pytest.fixture(scope="module")
def model(tokenizer):
    torch.manual_seed(0)
    config = MaskedConfig(width=16, heads=2, encoder_layers=1, decoder_layers=1, dim=4, usage=8, meaning=0)
    network = MaskedVAE(config, vocab_size=tokenizer.vocab_size, max_len=64).eval().requires_grad_(requires_grad=False)
    network.vectors.normal_()
    return TextVAE(network, tokenizer, replace(DEFAULTS, model=config))


def read(model, ids, span):
    """Computes the mean log p of one span by hand, from latents that are not moved."""
    network = model.module
    now = torch.tensor([[*ids[: span.start], *span.new, *ids[span.end :], EOS]])
    now = functional.pad(now, (0, -now.shape[1] % network.run))
    old = (ids[span.start : span.end] * 9)[: len(span.new)]
    source = now.clone()
    places = range(span.start, span.start + len(span.new))
    source[0, span.start : places.stop] = torch.tensor(old)
    length = torch.tensor([len(ids) + len(span.new) - (span.end - span.start) + 1])
    hidden = torch.zeros_like(now, dtype=torch.bool)
    hidden[0, span.start : places.stop] = True
    real = torch.arange(now.shape[1])[None] < length
    z = network.encode(source, length).mean
    log_p = network.scores(network.features(z, Seen(now, hidden, real, torch.zeros(1)))).log_softmax(-1)
    return float(np.mean([log_p[0, place, now[0, place]] for place in places]))


IDS = list(range(10, 40))


def test_the_score_of_a_span_is_the_mean_log_p_of_its_pieces(model):
    for span in (Span(7, 9, (50, 51)), Span(0, 1, (20,)), Span(28, 30, (44, 45)), Span(3, 4, (9, 8, 7))):
        (found,) = span_log_p(model, IDS, [span], level=0.0, key=("text",))
        assert found == pytest.approx(read(model, IDS, span), rel=0.02)


def test_each_span_of_a_row_has_a_score_of_its_own(model):
    several = [Span(2, 4, (50, 51)), Span(2, 4, (52, 53)), Span(20, 21, (54,)), Span(5, 6, (55,))]
    together = span_log_p(model, IDS, several, level=0.0, key=("text",))
    # What a span's row hides elsewhere changes little in a decoder that was never trained.
    np.testing.assert_allclose(together, [read(model, IDS, span) for span in several], rtol=0.1)
    assert len({round(each, 6) for each in together}) == len(several)


def test_noise_follows_from_the_key(model):
    def far(*key):
        return span_log_p(model, IDS, [Span(7, 9, (50, 51))], level=1.6, key=key)[0]

    assert far("one", 3) == far("one", 3)
    assert far("one", 3) != far("two", 3)
