import pytest
import torch
from torch.nn import functional

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.latent.gaussian import Latents
from vae.objective import (
    Terms,
    active_slots,
    beta_at,
    decoder_inputs,
    drop_words,
    free_bits_kl,
    objective,
    reconstruction,
)
from vae.settings import ObjectiveSettings


@pytest.mark.parametrize(
    ("step", "beta"), [(0, 0.0), (10, 0.1), (20, 0.2), (30, 0.3), (40, 0.4), (50, 0.4), (100, 0.4)]
)
def test_linear_annealing_rises_once(step, beta):
    settings = ObjectiveSettings(schedule="linear", beta=0.4, anneal=0.4)
    assert beta_at(step, 100, settings) == pytest.approx(beta)


@pytest.mark.parametrize(("step", "beta"), [(0, 0.0), (5, 0.2), (10, 0.4), (19, 0.4), (20, 0.0), (45, 0.2), (79, 0.4)])
def test_cyclical_annealing_rises_four_times_over_half_a_cycle(step, beta):
    settings = ObjectiveSettings(schedule="cyclical", beta=0.4)
    assert beta_at(step, 80, settings) == pytest.approx(beta)


@pytest.mark.parametrize("schedule", ["linear", "cyclical"])
def test_the_shortest_run_has_a_beta(schedule):
    assert beta_at(0, 1, ObjectiveSettings(schedule=schedule, anneal=0.0)) == 0.0
    assert beta_at(1, 1, ObjectiveSettings(schedule="linear", beta=0.4, anneal=0.0)) == 0.4


def test_decoder_inputs_are_the_texts_behind_bos():
    ids = torch.tensor([[7, 8, EOS, PAD], [9, 10, 11, EOS]])
    assert decoder_inputs(ids).tolist() == [[BOS, 7, 8, EOS], [BOS, 9, 10, 11]]


def test_dropped_words_are_a_share_hidden_behind_unk():
    torch.manual_seed(0)
    inputs = torch.full((200, 100), 7)
    inputs[:, 0] = BOS
    dropped = drop_words(inputs, 0.3)
    assert (dropped[:, 0] == BOS).all()
    assert set(dropped[:, 1:].unique().tolist()) == {UNK, 7}
    assert (dropped[:, 1:] == UNK).float().mean().item() == pytest.approx(0.3, abs=0.02)


def test_no_word_is_dropped_at_share_0_and_all_at_1():
    inputs = torch.tensor([[BOS, 7, 8]])
    assert drop_words(inputs, 0.0).tolist() == inputs.tolist()
    assert drop_words(inputs, 1.0).tolist() == [[BOS, UNK, UNK]]


def test_free_bits_clamp_the_batch_mean_of_each_slot_and_dimension():
    # Means over both texts: (0.2, 1.0) and (0.1, 0.0).
    kl = torch.tensor([[[0.4, 0.5], [0.2, 0.0]], [[0.0, 1.5], [0.0, 0.0]]])
    active = torch.ones(2, 2, dtype=torch.bool)
    assert free_bits_kl(kl, active, 0.0).item() == pytest.approx(kl.sum().item())
    assert free_bits_kl(kl, active, 0.15).item() == pytest.approx(2 * (0.2 + 1.0 + 0.15 + 0.15))


def test_free_bits_count_only_the_texts_that_reach_a_slot():
    # The second slot has one text: its means are (0.3, 0.0) and count once.
    kl = torch.tensor([[[0.4, 0.5], [0.3, 0.0]], [[0.0, 1.5], [0.0, 0.0]]])
    active = torch.tensor([[True, True], [True, False]])
    assert free_bits_kl(kl, active, 0.15).item() == pytest.approx(2 * (0.2 + 1.0) + 1 * (0.3 + 0.15))


def test_free_bits_of_a_slot_no_text_reaches_are_0():
    assert free_bits_kl(torch.zeros(2, 1, 3), torch.zeros(2, 1, dtype=torch.bool), 0.5).item() == 0.0


def test_free_bits_do_not_press_what_lies_below_them():
    kl = torch.tensor([[[0.05, 0.5]]], requires_grad=True)
    free_bits_kl(kl, torch.ones(1, 1, dtype=torch.bool), 0.1).backward()
    assert kl.grad.tolist() == [[[0.0, 1.0]]]


def test_a_slot_is_active_where_the_text_reaches_its_run():
    latents = Latents(torch.zeros(3, 4, 2), torch.zeros(3, 4, 2))
    active = active_slots(latents, torch.tensor([1, 4, 16]), run=4)
    assert active.tolist() == [[True, False, False, False], [True, False, False, False], [True] * 4]
    assert active_slots(latents, torch.tensor([5, 5, 5]), run=4)[0].tolist() == [True, True, False, False]


@pytest.mark.parametrize("slots", [1, 4])
def test_reconstruction_is_the_cross_entropy_without_the_padding(make_module, make_texts, slots):
    module = make_module(slots=slots)
    ids, _ = make_texts(3, 16, 9)
    z = torch.randn(3, slots, 6, generator=torch.Generator().manual_seed(0))
    inputs = decoder_inputs(ids)
    logits = module.logits(z, inputs)
    expected = functional.cross_entropy(logits.transpose(1, 2), ids, ignore_index=PAD, reduction="none").sum(1)
    torch.testing.assert_close(reconstruction(module, z, inputs, ids), expected)


def test_reconstruction_does_not_count_padding(make_module, make_texts):
    module = make_module()
    z = torch.randn(2, 4, 6, generator=torch.Generator().manual_seed(0))
    narrow, wide = (make_texts(3, 8, width=width)[0] for width in (8, 16))
    torch.testing.assert_close(
        reconstruction(module, z, decoder_inputs(narrow), narrow), reconstruction(module, z, decoder_inputs(wide), wide)
    )


def test_the_likelihood_does_not_depend_on_slots_behind_the_end(make_module, make_texts):
    module = make_module(slots=4)
    ids, _ = make_texts(4, 5, 16)
    z = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(0))
    other = z.clone()
    other[0, 1:] += 1
    other[1, 2:] += 1
    inputs = decoder_inputs(ids)
    nats = reconstruction(module, z, inputs, ids)
    torch.testing.assert_close(reconstruction(module, other, inputs, ids), nats, rtol=0, atol=0)
    other[:2, :2] += 1
    assert (reconstruction(module, other, inputs, ids)[:2] != nats[:2]).all()


def test_the_objective_puts_the_terms_together(make_module, make_texts):
    module = make_module()
    ids, lengths = make_texts(3, 16, 9)
    settings = ObjectiveSettings(free_bits=0.1, word_dropout=0.5)
    torch.manual_seed(0)
    terms = objective(module, ids, lengths, settings)
    latents = module.encode(ids, lengths)
    torch.manual_seed(0)
    z = latents.sample(torch.randn_like(latents.mean))
    torch.testing.assert_close(terms.reconstruction, reconstruction(module, z, decoder_inputs(ids), ids).sum())
    torch.testing.assert_close(terms.kl, latents.kl().sum())
    active = active_slots(latents, lengths, module.run)
    torch.testing.assert_close(terms.pressed_kl, free_bits_kl(latents.kl(), active, 0.1))
    assert (terms.texts, terms.pieces.item()) == (3, 28)


def test_words_are_dropped_in_training_alone(make_module, make_texts):
    module = make_module()
    module.dropout.p = 0.0
    ids, lengths = make_texts(16, 16)

    def lost(share):
        torch.manual_seed(0)
        return objective(module, ids, lengths, ObjectiveSettings(word_dropout=share)).reconstruction.item()

    assert lost(0.9) == lost(0.0)
    module.train()
    assert lost(0.9) != lost(0.0)


def test_the_loss_is_in_nats_per_piece():
    one = torch.tensor(1.0)
    terms = Terms(reconstruction=20 * one, kl=9 * one, pressed_kl=10 * one, texts=3, pieces=8 * one)
    assert terms.loss(0.4).item() == pytest.approx((20 + 0.4 * 10) / 8)
