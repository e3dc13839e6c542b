from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.tokenizer import EOS
from vae.decode.decoding import Decoding, decode
from vae.decode.loops import NoRepeat

VOCAB = 8
pieces = st.integers(4, 7)


def allowed(mask, *histories):
    scores = torch.zeros(len(histories), VOCAB)
    mask(scores, torch.tensor(histories).reshape(len(histories), -1))
    return [set(row.isfinite().nonzero()[:, 0].tolist()) for row in scores]


def runs(text, size):
    return Counter(tuple(text[start : start + size]) for start in range(len(text) - size + 1))


EVERY = set(range(VOCAB))


def test_the_piece_that_would_complete_a_run_again_is_forbidden():
    assert allowed(NoRepeat(3, [()]), [4, 5, 6, 4, 5]) == [EVERY - {6}]
    assert allowed(NoRepeat(2, [()]), [4, 5, 4, 6, 4]) == [EVERY - {5, 6}]
    assert allowed(NoRepeat(1, [()]), [4, 6]) == [EVERY - {4, 6}]


def test_nothing_is_forbidden_before_a_run_is_full():
    assert allowed(NoRepeat(3, [()]), []) == [EVERY]
    assert allowed(NoRepeat(3, [()]), [4, 4]) == [EVERY]
    assert allowed(NoRepeat(3, [()]), [4, 4, 4]) == [EVERY - {4}]


def test_each_row_has_a_history_and_a_source_of_its_own():
    mask = NoRepeat(2, [(), (4, 5, 4, 5), ()])
    assert allowed(mask, [4, 5, 4], [4, 5, 4], [5, 5, 6]) == [EVERY - {5}, EVERY, EVERY]


def test_a_run_may_come_as_often_as_in_the_source():
    mask = NoRepeat(2, [(4, 5, 4, 5)])
    assert allowed(mask, [4, 5, 4]) == [EVERY]
    assert allowed(mask, [4, 5, 4, 5, 4]) == [EVERY - {5}]


def test_rows_that_ended_may_go_on_ending():
    assert allowed(NoRepeat(2, [()]), [4, EOS, EOS, EOS]) == [EVERY]


@given(st.data(), st.integers(1, 4), st.lists(pieces, max_size=12))
def test_no_way_through_the_mask_repeats_a_run_more_often_than_its_source(data, size, source):
    mask = NoRepeat(size, [source])
    text = []
    while len(text) < 16:
        choices = allowed(mask, text)[0] & {4, 5, 6, 7}
        if not choices:
            break
        text.append(data.draw(st.sampled_from(sorted(choices))))
    own = runs(source, size)
    assert all(times <= max(1, own[run]) for run, times in runs(text, size).items())


@pytest.mark.parametrize("method", ["greedy", "temperature", "beam"])
def test_decoded_texts_hold_no_run_twice(make_decoder, draw_latents, draw_numbers, method):
    module = make_decoder("transformer-runs")
    module.bias[10] += 3  # a favourite piece, again and again
    z = draw_latents(module)
    free, held = (decode(module, z, Decoding(method=method, no_repeat=size), draw_numbers()) for size in (0, 2))
    assert any(max(runs(row, 2).values(), default=0) > 1 for row in free)
    assert all(max(runs(row, 2).values(), default=0) <= 1 for row in held)
