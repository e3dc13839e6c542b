import pytest
import torch

from vae.models.recurrent import RecurrentVAE
from vae.objective import decoder_inputs
from vae.settings import ModelSettings

SHAPES = [(cell, slots) for cell in ("lstm", "gru") for slots in (1, 4)]


@pytest.fixture(params=SHAPES, ids=lambda shape: f"{shape[0]}-{shape[1]}")
def module(request, make_module):
    return make_module(cell=request.param[0], slots=request.param[1])


@pytest.mark.parametrize("width", [6, 8])  # in the middle and at the end of a slot's run
def test_the_posterior_does_not_depend_on_the_padded_width(module, make_texts, width):
    narrow = module.encode(*make_texts(1, 3, 6, width=width))
    wide = module.encode(*make_texts(1, 3, 6, width=16))
    assert wide.mean.shape == (3, module.settings.slots, 6)
    torch.testing.assert_close(narrow.mean, wide.mean)
    torch.testing.assert_close(narrow.log_var, wide.log_var)


def test_the_posterior_does_not_depend_on_batch_neighbours(module, make_texts):
    ids, lengths = make_texts(5, 16, 1, 9)
    together = module.encode(ids, lengths)
    for row in range(4):
        alone = module.encode(ids[row : row + 1], lengths[row : row + 1])
        torch.testing.assert_close(alone.mean[0], together.mean[row])
        torch.testing.assert_close(alone.log_var[0], together.log_var[row])


def test_the_posterior_reads_every_piece(module, make_texts):
    ids, lengths = make_texts(12)
    mean = module.encode(ids, lengths).mean
    for place in range(12):
        changed = ids.clone()
        changed[0, place] = 4 + (ids[0, place] - 3) % 36
        assert not torch.equal(module.encode(changed, lengths).mean, mean)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_slots_behind_the_end_are_the_prior(make_module, make_texts, cell):
    latents = make_module(cell=cell, slots=4).encode(*make_texts(1, 4, 5, 8, 16))
    reached = torch.tensor([1, 1, 2, 2, 4])
    behind = torch.arange(4) >= reached[:, None]
    assert (latents.mean[behind] == 0).all()
    assert (latents.log_var[behind] == 0).all()
    assert (latents.mean[~behind] != 0).all()
    assert (latents.kl()[behind] == 0).all()


def test_log_var_stays_within_bounds(make_module, make_texts):
    module = make_module()
    module.posterior.weight.data *= 1000
    log_var = module.encode(*make_texts(16, 16)).log_var
    assert (log_var.min().item(), log_var.max().item()) == (-12.0, 4.0)


def test_scores_step_by_step_are_the_teacher_forced_ones(module, make_texts):
    ids, _ = make_texts(16, 5, 9)
    inputs = decoder_inputs(ids)
    z = torch.randn(3, module.settings.slots, 6, generator=torch.Generator().manual_seed(0))
    forced = module.logits(z, inputs)
    assert forced.shape == (3, 16, 40)
    contexts, state = module.contexts(z), module.start(z)
    for step in range(16):
        scores, state = module.step(contexts[:, step], inputs[:, step], state)
        torch.testing.assert_close(scores, forced[:, step])


def test_a_score_depends_on_earlier_pieces_alone(module, make_texts):
    inputs = decoder_inputs(make_texts(16)[0])
    z = torch.zeros(1, module.settings.slots, 6)
    changed = inputs.clone()
    changed[0, 10] = 4 + (inputs[0, 10] - 3) % 36
    before, after = module.logits(z, inputs), module.logits(z, changed)
    torch.testing.assert_close(before[:, :10], after[:, :10], rtol=0, atol=0)
    assert (before[:, 10:] != after[:, 10:]).any(-1).all()


def test_a_slot_writes_its_own_run_and_what_follows(make_module, make_texts):
    module = make_module(slots=4)
    inputs = decoder_inputs(make_texts(16)[0])
    z = torch.zeros(1, 4, 6)
    changed = z.clone()
    changed[0, 2] = 1.0
    before, after = module.logits(z, inputs), module.logits(changed, inputs)
    torch.testing.assert_close(before[:, :8], after[:, :8], rtol=0, atol=0)
    assert (before[:, 8:] != after[:, 8:]).any(-1).all()


def test_one_slot_is_read_at_every_step(make_module):
    contexts = make_module(slots=1).contexts(torch.randn(2, 1, 6, generator=torch.Generator().manual_seed(0)))
    assert contexts.shape == (2, 16, 12)
    assert (contexts == contexts[:, :1]).all()


def test_slots_that_do_not_divide_the_length_are_refused():
    with pytest.raises(ValueError, match="max_len 16 is not a multiple of slots 3"):
        RecurrentVAE(ModelSettings(slots=3), vocab_size=40, max_len=16)
