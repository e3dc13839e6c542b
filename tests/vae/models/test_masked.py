import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.tokenizer import PAD
from vae.data.text_batch import TextBatch
from vae.models.configs import MaskedConfig, RecurrentConfig
from vae.models.families import text_model
from vae.models.masked import FARTHEST, MaskedVAE, Seen, masked
from vae.text_vae import TextVAE

VOCAB, MAX_LEN, RUN = 40, 16, 4
CONFIG = MaskedConfig(
    width=8, heads=2, encoder_layers=1, decoder_layers=2, run=RUN, dim=4, usage=3, meaning=2, dropout=0.5
)
CHECKED = json.loads(Path(__file__).with_name("base_en_check.json").read_text())
"""Three texts as piece ids, with reference values of the shipped model base-en.

The latents are those of the program that trained it, in single precision. log p of the hidden pieces is what its
decoder gave when the shipped weights were written.
"""


def make(labels=(), *, seed=0):
    """Makes a model whose weights, vectors and running statistics are all random."""
    model = text_model(CONFIG, vocab_size=VOCAB, max_len=MAX_LEN, labels=labels)
    generator = torch.Generator().manual_seed(seed)
    for name, weight in [*model.named_parameters(), ("vectors", model.vectors)]:
        if not name.startswith("conditions"):
            torch.nn.init.normal_(weight, std=0.4, generator=generator)
    for name, value in model.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            value.uniform_(0.5, 1.5, generator=generator)
    return model.eval()


@pytest.fixture(scope="module")
def model():
    return make()


@pytest.fixture
def batch(make_texts):
    return TextBatch.of(*make_texts(1, 4, 5, 16, 11))


@pytest.fixture
def z(model):
    return torch.randn(5, model.slots, model.dim, generator=torch.Generator().manual_seed(1))


def seen(batch, hidden, level=0.0):
    return Seen(batch.ids, hidden, batch.ids != PAD, torch.full((len(batch),), level))


@pytest.fixture(scope="module")
def base():
    return TextVAE.load("base-en").module


@pytest.mark.parametrize("checked", CHECKED, ids=["coast", "release", "council"])
@torch.inference_mode()
def test_base_en_encodes_and_fills_texts_as_it_did_when_it_was_trained(base, checked):
    ids = torch.tensor([checked["ids"]])
    latents = base.encode(ids, torch.tensor([ids.shape[1]]))
    for slot, name in enumerate(["mean_slot_0", "mean_slot_1"]):
        torch.testing.assert_close(latents.mean[0, slot, :4], torch.tensor(checked[name]), atol=1e-3, rtol=0)
    torch.testing.assert_close(latents.log_var[0, 1, :4], torch.tensor(checked["log_var_slot_1"]), atol=1e-3, rtol=0)
    hidden = torch.zeros_like(ids, dtype=torch.bool)
    hidden[0, checked["hidden"]] = True
    for level in (0.0, 1.0):
        shown = Seen(ids, hidden, torch.ones_like(hidden), torch.tensor([level]))
        log_p = base.scores(base.features(latents.mean, shown))[0].log_softmax(-1)
        own = log_p[checked["hidden"], ids[0, checked["hidden"]]]
        torch.testing.assert_close(own, torch.tensor(checked[f"log_p_level_{level}"]), atol=1e-3, rtol=0)


def test_the_posterior_of_a_run_is_linear_in_the_vectors_of_its_pieces(model, batch):
    latents = model.posterior(batch)
    padded = model.vectors[batch.ids[3]].view(MAX_LEN // RUN, -1)
    mean, log_var = model.run_head(padded).chunk(2, -1)
    norm = model.run_norm
    expected = (mean - norm.running_mean) / (norm.running_var + norm.eps).sqrt()
    torch.testing.assert_close(latents.mean[3, 1:], expected)
    torch.testing.assert_close(latents.log_var[3, 1:], log_var.clamp(-8.0, 0.0))


def test_slots_of_runs_without_a_piece_equal_the_prior_and_have_no_kl(model, batch):
    active, latents = model.active(batch), model.posterior(batch)
    assert active.int().tolist() == [[1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [1] * 5, [1, 1, 1, 1, 0]]
    assert (latents.mean[~active] == 0).all()
    assert (latents.log_var[~active] == 0).all()
    kl = model.prior.kl(latents)
    assert (kl[~active] == 0).all()
    assert (kl[active] > 0).all()


def test_nats_of_a_text_are_minus_log_p_of_its_pieces_with_all_of_them_hidden(model, batch, z):
    real = batch.ids != PAD
    log_p = model.scores(model.features(z, seen(batch, real))).log_softmax(-1)
    own = log_p.gather(2, batch.ids[..., None])[..., 0] * real
    torch.testing.assert_close(model.nats(z, batch), -own.sum(1))


def test_nats_of_hidden_pieces_are_scaled_up_to_all_pieces_of_the_batch(model, batch, z):
    hidden = torch.zeros_like(batch.ids, dtype=torch.bool)
    hidden[1, 2] = hidden[3, 5] = hidden[3, 6] = True
    levels = torch.tensor([0.0, 0.4, 0.0, 1.6, 0.0])
    shown = Seen(batch.ids, hidden, batch.ids != PAD, levels)
    log_p = model.scores(model.features(z, shown)).log_softmax(-1)
    nats = [-(log_p[row, place, batch.ids[row, place]]) for row, place in [(1, 2), (3, 5), (3, 6)]]
    hiding = TextBatch(**{**vars(batch), "hidden": hidden, "levels": levels})
    expected = torch.zeros(5)
    expected[1], expected[3] = nats[0], nats[1] + nats[2]
    torch.testing.assert_close(model.nats(z, hiding), expected * 37 / 3)


def test_the_decoder_reads_the_pieces_on_both_sides_but_not_the_hidden_one(model, batch, z):
    hidden = torch.zeros_like(batch.ids, dtype=torch.bool)
    hidden[:, 5] = True
    before = model.features(z, seen(batch, hidden))[3]
    for place in (4, 5, 6):
        changed = batch.ids.clone()
        changed[3, place] = 4 + (changed[3, place] - 3) % 36
        after = model.features(z, seen(TextBatch.of(changed, batch.lengths), hidden))[3]
        assert torch.equal(before, after) == (place == 5)
        assert torch.equal(before[5], after[5]) == (place == 5)


@pytest.mark.parametrize("width", [11, 12])  # in the middle and at the end of a run
def test_padding_changes_neither_posterior_nor_likelihood(model, make_texts, z, width):
    narrow, wide = (TextBatch.of(*make_texts(1, 4, 5, 11, 9, width=each)) for each in (width, MAX_LEN))
    first, second = model.posterior(narrow), model.posterior(wide)
    torch.testing.assert_close(first.mean, second.mean)
    torch.testing.assert_close(first.log_var, second.log_var)
    torch.testing.assert_close(model.nats(z, narrow), model.nats(z, wide))


def test_a_text_does_not_depend_on_the_others_of_its_batch(model, batch, z):
    together, nats = model.posterior(batch), model.nats(z, batch)
    for row in range(5):
        alone = batch[row : row + 1]
        torch.testing.assert_close(model.posterior(alone).mean[0], together.mean[row])
        torch.testing.assert_close(model.nats(z[row : row + 1], alone)[0], nats[row])


@given(st.floats(0, FARTHEST), st.floats(0, FARTHEST))
def test_levels_between_two_learned_ones_are_interpolated_linearly(model, first, second):
    step = FARTHEST / 16
    vectors = model._level_vectors(torch.tensor([first, second]))
    for level, vector in zip((first, second), vectors, strict=True):
        low = min(int(level / step + 1e-6), 15)
        share = level / step - low
        expected = model.levels[low] * (1 - share) + model.levels[low + 1] * share
        torch.testing.assert_close(vector, expected, atol=1e-3, rtol=0)


def test_new_labels_change_nothing_until_they_are_trained(model, batch, z):
    labelled = make((3, 2))
    labelled.load_state_dict({**labelled.state_dict(), **model.state_dict()})
    labels = torch.tensor([[1, 2], [0, 1], [3, 0], [2, 2], [1, 1]])
    with_labels = TextBatch.of(batch.ids, batch.lengths, conditions=labels)
    assert torch.equal(labelled.posterior(with_labels).mean, model.posterior(batch).mean)
    assert torch.equal(labelled.nats(z, with_labels), model.nats(z, batch))
    torch.nn.init.normal_(labelled.conditions.tables[0].weight[1:])
    changed = labelled.nats(z, with_labels) != model.nats(z, batch)
    assert changed.tolist() == [True, False, True, True, True]


def test_in_training_latents_get_noise_and_words_are_hidden_and_all_weights_get_gradients(batch):
    torch.manual_seed(0)
    model = make((3,)).train()
    labelled = TextBatch.of(batch.ids, batch.lengths, conditions=torch.ones(5, 1, dtype=torch.long))
    latents = model.posterior(labelled)
    moved, hiding = model.disturb(latents.mean, labelled, None)
    assert hiding.hidden.any()
    still = hiding.levels == 0
    assert torch.equal(moved[still], latents.mean[still])
    assert (moved[~still] != latents.mean[~still]).all()
    (model.nats(moved, hiding).sum() + model.prior.kl(latents).sum()).backward()
    unlearned = {name for name, weight in model.named_parameters() if weight.requires_grad and weight.grad is None}
    assert unlearned == set()
    assert [name for name, weight in model.named_parameters() if not weight.requires_grad] == ["missing"]


@pytest.mark.parametrize(
    ("config", "max_len", "message"),
    [
        (MaskedConfig(width=10, heads=4), 16, "width 10 is not a multiple of heads 4"),
        (MaskedConfig(width=8, heads=2, run=4), 18, "max_len 18 is not a multiple of run 4"),
        (MaskedConfig(width=8, heads=2, usage=0, meaning=0), 16, "usage and meaning are both 0"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(config, max_len, message):
    with pytest.raises(ValueError, match=message):
        MaskedVAE(config, vocab_size=VOCAB, max_len=max_len)


def test_only_a_model_of_the_masked_family_passes_as_masked(model, make_model):
    assert masked(model) is model
    config = RecurrentConfig(embedding=8, encoder=(8,), decoder=(8,), slots=1)
    with pytest.raises(TypeError, match="RecurrentVAE is not a model of the masked family"):
        masked(make_model(config))
