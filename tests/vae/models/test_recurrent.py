import pytest
import torch

from vae.data.text_batch import TextBatch
from vae.models.configs import RecurrentConfig
from vae.models.head import LOG_VAR

SIZES = {"embedding": 10, "encoder": (8,), "decoder": (8,), "dim": 4, "dropout": 0.0}


@pytest.fixture(params=["lstm", "gru"])
def model(request, make_model):
    return make_model(RecurrentConfig(**SIZES, cell=request.param, slots=4))


@pytest.fixture
def pieces(make_texts):
    return make_texts(16)[0]


def test_log_var_stays_within_bounds(model, make_texts):
    model.head.gaussian.weight.data *= 1000
    log_var = model.encode(*make_texts(16, 16)).log_var
    assert (log_var.min().item(), log_var.max().item()) == LOG_VAR


def test_a_slot_changes_the_steps_of_its_run_and_of_later_runs_alone(model, pieces):
    z = torch.zeros(1, 4, 4)
    changed = z.clone()
    changed[0, 2] = 1.0
    before, after = model.features(z, pieces), model.features(changed, pieces)
    assert torch.equal(before[:, :8], after[:, :8])
    assert (before[:, 8:] != after[:, 8:]).any(-1).all()


def test_the_first_slot_changes_every_step(model, pieces):
    z = torch.zeros(1, 4, 4)
    changed = z.clone()
    changed[0, 0] = 1.0
    assert (model.features(z, pieces) != model.features(changed, pieces)).any(-1).all()


def test_one_slot_is_read_at_every_step(make_model):
    z = torch.randn(2, 1, 4, generator=torch.Generator().manual_seed(0))
    contexts = make_model(RecurrentConfig(**SIZES, slots=1)).contexts(z)
    assert torch.equal(contexts, z.expand(2, 16, 4))


def test_a_slot_is_active_where_the_text_reaches_its_run(model):
    assert model.active_slots(torch.tensor([1, 4, 5, 16])).sum(1).tolist() == [1, 1, 2, 4]
    assert model.active_slots(torch.tensor([5])).tolist() == [[True, True, False, False]]


def test_slots_behind_the_end_do_not_change_the_likelihood(model, make_texts):
    batch = TextBatch.of(*make_texts(4, 5, 16))
    z = torch.randn(3, 4, 4, generator=torch.Generator().manual_seed(0))
    other = torch.where(model.active(batch)[..., None], z, z + 1)
    assert torch.equal(model.nats(other, batch), model.nats(z, batch))


@pytest.mark.parametrize("reads", ["pieces", "latent"])
def test_z_reaches_the_output_past_the_layers_only_with_skip(make_model, pieces, reads):
    z = torch.zeros(1, 1, 4)
    for skip in (True, False):
        model = make_model(RecurrentConfig(**SIZES, slots=1, reads=reads, skip=skip))
        for weight in [*model.decoder.parameters(), *model.first_states.parameters()]:
            weight.data.zero_()
        assert torch.equal(model.features(z, pieces), model.features(z + 1, pieces)) is not skip


@pytest.mark.parametrize("bidirectional", [True, False])
def test_a_decoder_that_reads_the_latent_alone_reads_backwards_if_bidirectional(make_model, pieces, bidirectional):
    model = make_model(RecurrentConfig(**SIZES, slots=4, reads="latent", bidirectional=bidirectional))
    z = torch.zeros(1, 4, 4)
    changed = z.clone()
    changed[0, 3] = 1.0
    differs = (model.features(z, pieces) != model.features(changed, pieces)).any(-1)[0]
    assert differs.tolist() == [bidirectional] * 12 + [True] * 4


def test_layers_have_their_own_sizes(make_model):
    model = make_model(RecurrentConfig(**{**SIZES, "encoder": (8, 6), "decoder": (5, 7, 9)}, slots=1))
    assert [layer.forwards.hidden_size for layer in model.encoder] == [8, 6]
    assert [layer.forwards.hidden_size for layer in model.decoder] == [5, 7, 9]


def test_slots_that_do_not_divide_the_length_are_refused(make_model):
    with pytest.raises(ValueError, match="max_len 16 is not a multiple of slots 3"):
        make_model(RecurrentConfig(slots=3))
