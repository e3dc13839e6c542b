"""Tests that every family and kind of text model must pass."""

import pytest
import torch
from torch.nn import functional

from tokenizer.tokenizer import PAD
from vae.data.text_batch import TextBatch
from vae.models.families import text_model
from vae.settings import ObjectiveSettings
from vae.training.objective import objective

LENGTHS = (1, 4, 5, 11)
SHORT = (slice(0, 2), slice(3, 4))


def labels_of(batch, rows):
    return None if batch.conditions is None else batch.conditions[rows]


def assert_same_posterior(one, other):
    torch.testing.assert_close(one.mean, other.mean)
    torch.testing.assert_close(one.log_var, other.log_var)


@pytest.mark.parametrize("width", [11, 12])  # in the middle and at the end of a slot's run
def test_padding_changes_neither_posterior_nor_likelihood(model, make_batch, draw_z, width):
    narrow, wide = make_batch(*LENGTHS, width=width), make_batch(*LENGTHS, width=16)
    assert model.posterior(wide).mean.shape == (4, model.slots, model.dim)
    assert_same_posterior(model.posterior(narrow), model.posterior(wide))
    torch.testing.assert_close(model.nats(draw_z(4), narrow), model.nats(draw_z(4), wide))


def test_a_text_does_not_depend_on_the_others_of_its_batch(model, make_batch, draw_z):
    batch, z = make_batch(5, 16, 1, 9), draw_z(4)
    latents, nats = model.posterior(batch), model.nats(z, batch)
    every_other = slice(None, None, 2)
    assert_same_posterior(model.posterior(batch[every_other]), latents[every_other])
    for row in range(4):
        alone = batch[row : row + 1]
        assert_same_posterior(model.posterior(alone), latents[row : row + 1])
        torch.testing.assert_close(model.nats(z[row : row + 1], alone), nats[row : row + 1])


def test_the_posterior_reads_every_piece(model, make_batch):
    batch = make_batch(12)
    mean = model.posterior(batch).mean
    for place in range(12):
        changed = batch.ids.clone()
        changed[0, place] = 4 + (changed[0, place] - 3) % 36
        assert not torch.equal(model.encode(changed, batch.lengths, batch.conditions).mean, mean)


def test_nats_are_the_cross_entropy_without_the_padding(model, make_batch, draw_z):
    batch, z = make_batch(*LENGTHS), draw_z(4)
    scores = model.scores(model.features(z, batch.inputs, batch.conditions))
    assert scores.shape == (4, 16, 40)
    losses = functional.cross_entropy(scores.transpose(1, 2), batch.ids, ignore_index=PAD, reduction="none")
    torch.testing.assert_close(model.nats(z, batch), losses.sum(1))


def test_scores_step_by_step_equal_the_teacher_forced_ones(model, make_batch, draw_z):
    batch, z = make_batch(16, 5, 9), draw_z(3)
    forced = model.scores(model.features(z, batch.inputs, batch.conditions))
    state = model.start(z, batch.conditions)
    for place in range(16):
        scores, state = model.step(state, batch.inputs[:, place], place)
        torch.testing.assert_close(scores, forced[:, place])


def test_a_score_depends_on_earlier_pieces_alone(model, config, make_batch, draw_z):
    batch, z = make_batch(16), draw_z(1)
    changed = batch.inputs.clone()
    changed[0, 10] = 4 + (changed[0, 10] - 3) % 36
    before, after = (model.features(z, inputs, batch.conditions) for inputs in (batch.inputs, changed))
    torch.testing.assert_close(before[:, :10], after[:, :10])
    reads_pieces = getattr(config, "reads", "pieces") == "pieces"
    assert (before[:, 10:] != after[:, 10:]).any(-1).tolist() == [[reads_pieces] * 6]


def test_slots_that_are_not_active_equal_the_prior_and_have_no_kl(model, make_batch):
    batch = make_batch(1, 4, 5, 16)
    active, latents = model.active(batch), model.posterior(batch)
    assert active.shape == (4, model.slots)
    assert active[3].all()
    assert active[:, 0].all()
    expected = model.prior.mean.expand_as(latents.mean), model.prior.log_var.expand_as(latents.mean)
    assert torch.equal(latents.mean[~active], expected[0][~active])
    assert torch.equal(latents.log_var[~active], expected[1][~active])
    kl = model.prior.kl(latents)
    assert (kl[~active] == 0).all()
    assert (kl[active] > 0).all()


def test_bucketing_changes_neither_loss_nor_gradients(model, make_batch, draw_z):
    # Free bits clamp the mean of a batch, so with them the loss depends on which texts make a batch.
    settings = ObjectiveSettings(free_bits=0.0)
    whole, noise = make_batch(3, 8, 16, 5, width=16), draw_z(4)
    short = [
        TextBatch.of(whole.ids[rows, :8], whole.lengths[rows], conditions=labels_of(whole, rows)) for rows in SHORT
    ]
    parts = [(short[0], noise[SHORT[0]]), (whole[2:3], noise[2:3]), (short[1], noise[SHORT[1]])]

    def cost(batch, noise):
        terms = objective(model, batch, settings, noise=noise, constraints=torch.ones(2, model.slots, model.dim))
        return terms.cost(0.7) / whole.units

    assert sum(batch.units for batch, _ in parts) == whole.units
    weights = [weight for name, weight in model.named_parameters() if weight.requires_grad and name != "missing"]
    once = cost(whole, noise)
    bucketed = sum(cost(*part) for part in parts)
    torch.testing.assert_close(bucketed, once)
    grads = (torch.autograd.grad(loss, weights) for loss in (bucketed, once))
    torch.testing.assert_close(*grads, rtol=1e-5, atol=3e-5)  # the same terms in another order: 1.7e-5 with AVX2


def test_a_model_loaded_from_a_state_dict_gives_the_same_results(model, config, labels, make_model, make_batch, draw_z):
    batch, z = make_batch(*LENGTHS), draw_z(4)
    other = make_model(config, labels=labels, seed=1)
    assert not torch.equal(other.nats(z, batch), model.nats(z, batch))
    other.load_state_dict(model.state_dict())
    assert torch.equal(other.nats(z, batch), model.nats(z, batch))
    assert torch.equal(other.prior.kl(other.posterior(batch)), model.prior.kl(model.posterior(batch)))


def test_every_weight_gets_a_gradient(config, labels, make_batch):
    torch.manual_seed(0)
    model, batch = text_model(config, vocab_size=40, max_len=16, labels=labels), make_batch(*LENGTHS)
    latents = model.posterior(batch)
    cost = model.nats(latents.sample(torch.randn_like(latents.mean)), batch).sum() + model.prior.kl(latents).sum()
    cost.backward()
    without = {name for name, weight in model.named_parameters() if weight.requires_grad and weight.grad is None}
    assert without == {"missing"}
    assert all(weight.grad.isfinite().all() for weight in model.parameters() if weight.grad is not None)


def test_the_parts_of_the_decoder_do_not_change_the_posterior(model, make_batch, draw_z):
    batch, z = make_batch(*LENGTHS), draw_z(4)
    latents, nats = model.posterior(batch), model.nats(z, batch)
    for part in model.decoder_parts():
        for weight in part.parameters():
            torch.nn.init.normal_(weight)
    assert_same_posterior(model.posterior(batch), latents)
    assert (model.nats(z, batch) != nats).all()


def test_texts_without_labels_are_those_with_label_0(model, labels, make_batch, draw_z):
    batch, z = make_batch(3, 16), draw_z(2)
    none = torch.zeros(2, len(labels), dtype=torch.long)
    assert_same_posterior(model.encode(batch.ids, batch.lengths), model.encode(batch.ids, batch.lengths, none))
    assert torch.equal(model.features(z, batch.inputs), model.features(z, batch.inputs, none))


def test_a_label_changes_its_own_text_alone(model, labels, make_batch, draw_z):
    batch, z = make_batch(9, 16, 7), draw_z(3)
    for table in range(len(labels)):
        changed = batch.conditions.clone()
        changed[1, table] = (changed[1, table] + 1) % (labels[table] + 1)
        before, after = (model.encode(batch.ids, batch.lengths, ids) for ids in (batch.conditions, changed))
        assert (before.mean != after.mean).flatten(1).any(1).tolist() == [False, True, False]
        before, after = (model.features(z, batch.inputs, ids) for ids in (batch.conditions, changed))
        assert (before != after).flatten(1).any(1).tolist() == [False, True, False]
