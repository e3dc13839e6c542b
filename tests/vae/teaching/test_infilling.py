from random import Random

import pytest
import torch

from tokenizer.tokenizer import EOS
from vae.teaching.infilling import (
    Example,
    InfillingBatch,
    _others,
    around,
    asked_scores,
    reworded,
    rewording_loss,
    spread,
)
from vae.teaching.revisions import Exchange

CPU = torch.device("cpu")


def example(first, wanted, length=8, source=None):
    ids = tuple(range(10, 10 + length))
    return Example(source=source or ids, ids=ids, first=first, wanted=wanted)


def words(tokenizer, ids):
    return tokenizer.decode([ids])[0]


@pytest.mark.parametrize(
    ("old", "places", "result"),
    [
        ([1, 2], 2, [1, 2]),
        ([1], 3, [1, 1, 1]),
        ([1, 2], 4, [1, 1, 2, 2]),
        ([1, 2, 3, 4], 2, [2, 4]),
        ([1, 2, 3], 1, [2]),
    ],
)
def test_old_pieces_are_spread_over_the_places_of_the_new(old, places, result):
    assert spread(old, places) == result


def test_an_exchange_becomes_a_text_with_its_old_words_in_the_same_places(tokenizer):
    exchange = Exchange(source="a/b", left="The small ", old="cat cleaned", new="bird", right=" 12 lamps.", weight=2.0)
    infilling = reworded(exchange, tokenizer, longest=32)
    old, new = tokenizer.encode([" cat cleaned", " bird"])
    place = slice(infilling.first, infilling.first + len(new))
    assert list(infilling.ids[place]) == new
    assert [next(iter(each)) for each in infilling.wanted] == new
    assert list(infilling.source[place]) == spread(old, len(new))
    assert infilling.source[: infilling.first] == infilling.ids[: infilling.first]
    assert infilling.source[place.stop :] == infilling.ids[place.stop :]
    assert words(tokenizer, infilling.ids) == "The small bird <num> lamps."
    assert infilling.ids[-1] == EOS
    assert infilling.weight == 2.0


def test_a_span_holds_whole_words(tokenizer):
    exchange = Exchange(source="a/b", left="The ", old="boat", new="boats", right=" mended.")
    infilling = reworded(exchange, tokenizer, longest=32)
    place = slice(infilling.first, infilling.first + len(infilling.wanted))
    assert words(tokenizer, infilling.ids[place]) == "boats"
    assert words(tokenizer, infilling.ids[: infilling.first]) == "The"


def test_a_long_text_is_cut_about_its_span(tokenizer):
    exchange = Exchange(
        source="a/b", left="The cat painted the dog. " * 9, old="bird", new="boat", right=" counted." * 9
    )
    infilling = reworded(exchange, tokenizer, longest=20)
    assert len(infilling.ids) == len(infilling.source) == 20
    assert tokenizer.pieces[infilling.ids[infilling.first]].endswith("boat")
    assert EOS not in infilling.ids


def test_equal_texts_and_long_spans_give_no_example(tokenizer):
    same = Exchange(source="a/b", left="The ", old="cat", new="cat", right=" counts.")
    assert reworded(same, tokenizer, longest=32) is None
    long = Exchange(
        source="a/b", left="The ", old="cat", new="cat painted the small dog then the bird", right=" counts."
    )
    assert reworded(long, tokenizer, longest=32) is None


@pytest.mark.parametrize(
    ("left", "right", "room", "kept"),
    [
        ([1, 2, 3], [4, 5, 6], 6, ([1, 2, 3], [4, 5, 6])),
        ([1, 2, 3], [4, 5, 6], 4, ([2, 3], [4, 5])),
        ([1, 2, 3], [4], 3, ([2, 3], [4])),
        ([1], [4, 5, 6], 3, ([1], [4, 5])),
        ([], [4, 5], 1, ([], [4])),
    ],
)
def test_the_pieces_nearest_to_a_place_are_kept(left, right, room, kept):
    assert around(left, right, room) == kept


def test_a_batch_is_padded_to_whole_runs_and_lists_the_wanted_pieces():
    batch = InfillingBatch.of(
        [example(2, ({30: 3.0, 31: 1.0},), length=6), example(1, ({40: 1.0}, {41: 1.0}), length=7)], run=4, device=CPU
    )
    assert batch.ids.shape == (2, 8)
    assert batch.ids[0, 6:].tolist() == [0, 0]
    assert batch.lengths.tolist() == [6, 7]
    assert batch.asked.nonzero().tolist() == [[0, 2], [1, 1], [1, 2]]
    assert batch.rows.tolist() == [0, 1, 1]
    assert batch.old.tolist() == [12, 11, 12]
    assert list(zip(batch.places.tolist(), batch.pieces.tolist(), batch.shares.tolist(), strict=True)) == [
        (0, 30, 0.75),
        (0, 31, 0.25),
        (1, 40, 1.0),
        (2, 41, 1.0),
    ]


def test_some_places_of_longer_spans_may_be_shown():
    wanted = tuple({40 + place: 1.0} for place in range(4))
    asked = [
        int(InfillingBatch.of([example(1, wanted)], run=4, device=CPU, random=Random(seed)).asked.sum())
        for seed in range(40)
    ]
    assert set(asked) == {1, 2, 3, 4}
    assert asked.count(4) > len(asked) / 2


def scores(masked, batch, hidden=None):
    z = masked.encode(batch.source, batch.lengths).mean
    levels = torch.full((len(z),), 1.0)
    return asked_scores(masked, batch, z, levels, batch.asked if hidden is None else hidden)


def test_the_old_piece_has_probability_0_unless_it_is_wanted(masked):
    batch = InfillingBatch.of([example(2, ({30: 1.0}, {13: 1.0}))], run=4, device=CPU)
    log_p = scores(masked, batch)
    assert torch.allclose(log_p.exp().sum(1), torch.ones(2))
    assert log_p[0, 12].exp() == 0
    assert log_p[1, 13].exp() > 0


def test_the_decoder_does_not_see_the_wanted_pieces(masked):
    ids = (10, 11, 50, 13, 14, 15, 16, 17)
    batch, other = (
        InfillingBatch.of([Example(source=ids, ids=shown, first=2, wanted=({30: 1.0},))], run=4, device=CPU)
        for shown in (ids, (10, 11, 30, *ids[3:]))
    )
    assert torch.equal(scores(masked, batch), scores(masked, other))
    nothing = torch.zeros_like(batch.asked)
    assert not torch.allclose(scores(masked, batch, nothing), scores(masked, other, nothing))


def test_the_loss_is_the_mean_nats_of_the_wanted_pieces(masked):
    wanted = ({30: 3.0, 31: 1.0},), ({40: 1.0}, {41: 1.0})
    batch = InfillingBatch.of([example(2, wanted[0]), example(1, wanted[1])], run=4, device=CPU)
    torch.manual_seed(1)
    loss = rewording_loss(masked, batch, torch.zeros(2))
    log_p = scores_at(masked, batch, level=0.0)
    first = -(0.75 * log_p[0, 30] + 0.25 * log_p[0, 31])
    second = -(log_p[1, 40] + log_p[2, 41]) / 2
    assert loss.item() == pytest.approx(float(first + second) / 2, rel=1e-4)


def scores_at(masked, batch, level):
    torch.manual_seed(1)
    mean = masked.encode(batch.source, batch.lengths).mean
    z = mean + level * torch.randn_like(mean)
    return asked_scores(masked, batch, z, torch.full((len(z),), level), batch.asked | _others(masked, batch.ids))


def test_only_the_decoder_has_gradients(masked):
    masked.requires_grad_(requires_grad=True)
    rewording_loss(masked, InfillingBatch.of([example(2, ({30: 1.0},))], run=4, device=CPU), torch.ones(1)).backward()
    assert masked.run_head.weight.grad is None
    assert masked.from_run.weight.grad.abs().sum() > 0
    assert masked.levels.grad.abs().sum() > 0
