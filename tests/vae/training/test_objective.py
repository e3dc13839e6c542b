import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vae.data.text_batch import TextBatch
from vae.settings import ObjectiveSettings
from vae.training.objective import Terms, beta_at, constraint_hinge, free_bits_kl, objective, warm_steps

OVER = ["dimension", "slot"]


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
def test_annealing_begins_after_the_warm_up_as_an_autoencoder(schedule):
    plain = ObjectiveSettings(schedule=schedule, beta=0.4)
    warm = ObjectiveSettings(schedule=schedule, beta=0.4, autoencoder=0.2)
    assert warm_steps(100, warm) == 20
    assert [beta_at(step, 100, warm) for step in range(20)] == [0.0] * 20
    assert [beta_at(20 + step, 100, warm) for step in range(81)] == [beta_at(step, 80, plain) for step in range(81)]


@pytest.mark.parametrize("schedule", ["linear", "cyclical"])
def test_a_run_of_one_step_has_a_beta(schedule):
    assert beta_at(0, 1, ObjectiveSettings(schedule=schedule, anneal=0.0)) == 0.0
    assert beta_at(1, 1, ObjectiveSettings(schedule="linear", beta=0.4, anneal=0.0)) == 0.4


@given(
    st.integers(1, 5000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))),
    st.sampled_from(["linear", "cyclical"]),
    st.floats(0, 0.9),
    st.floats(0, 1),
)
def test_beta_lies_between_0_and_its_setting(steps, schedule, autoencoder, anneal):
    settings = ObjectiveSettings(schedule=schedule, beta=0.7, autoencoder=autoencoder, anneal=anneal)
    beta = beta_at(*steps, settings)
    assert 0.0 <= beta <= 0.7
    if steps[0] < warm_steps(steps[1], settings):
        assert beta == 0.0


@st.composite
def divergences(draw):
    """Draws a KL (n, slots, dim) that is 0 in slots that are not active, and which slots are active (n, slots)."""
    rows, slots, dim = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    active = torch.rand(rows, slots, generator=generator) < draw(st.sampled_from([0.3, 0.7, 1.0]))
    kl = torch.rand(rows, slots, dim, generator=generator, dtype=torch.float64)
    return kl * active[..., None], active


def clamped(kl, active, settings):
    """Computes free bits by their definition, with a loop over slots (and dimensions)."""
    if settings.free_bits_over == "slot":
        kl = kl.sum(-1, keepdim=True)
    total = torch.zeros((), dtype=kl.dtype)
    for slot in range(kl.shape[1]):
        texts = kl[active[:, slot], slot]
        for dimension in range(kl.shape[2] if len(texts) else 0):
            total = total + len(texts) * texts[:, dimension].mean().clamp(min=settings.free_bits)
    return total


@given(divergences(), st.sampled_from(OVER), st.sampled_from([0.0, 0.3, 0.6, 5.0]))
def test_free_bits_clamp_the_batch_mean_of_each_dimension_or_slot(drawn, over, free_bits):
    settings = ObjectiveSettings(free_bits=free_bits, free_bits_over=over)
    kl, active = drawn
    grads = []
    for function in (free_bits_kl, clamped):
        leaf = kl.clone().requires_grad_()
        value = function(leaf * active[..., None], active, settings)
        (value + 0 * leaf.sum()).backward()
        grads.append((value.detach(), leaf.grad))
    torch.testing.assert_close(*grads)


def test_free_bits_of_an_example_have_exact_values():
    # Only one text uses the second slot: its means are (0.3, 0.0) by dimension and 0.3 as a slot, and count once.
    kl = torch.tensor([[[0.4, 0.5], [0.3, 0.0]], [[0.0, 1.5], [0.0, 0.0]]])
    active = torch.tensor([[True, True], [True, False]])
    by_dimension, by_slot = (ObjectiveSettings(free_bits=0.35, free_bits_over=over) for over in OVER)
    assert free_bits_kl(kl, active, by_dimension).item() == pytest.approx(2 * (0.35 + 1.0) + 1 * (0.35 + 0.35))
    assert free_bits_kl(kl, active, by_slot).item() == pytest.approx(2 * 1.2 + 1 * 0.35)


def test_a_dimension_below_its_free_bits_has_no_gradient():
    kl = torch.tensor([[[0.05, 0.5]]], requires_grad=True)
    free_bits_kl(kl, torch.ones(1, 1, dtype=torch.bool), ObjectiveSettings(free_bits=0.1)).backward()
    assert kl.grad.tolist() == [[[0.0, 1.0]]]


@given(divergences(), st.sampled_from(OVER))
def test_processes_clamp_the_mean_of_the_whole_batch(drawn, over):
    settings = ObjectiveSettings(free_bits=0.4, free_bits_over=over)
    kl, active = drawn
    halves = [slice(0, None, 2), slice(1, None, 2)]
    of_halves = []
    for rows in halves:
        free_bits_kl(kl[rows], active[rows], settings, lambda values: of_halves.append(values) or values)
    total = sum(free_bits_kl(kl[rows], active[rows], settings, lambda _values: sum(of_halves)) for rows in halves)
    torch.testing.assert_close(total, free_bits_kl(kl, active, settings))


@pytest.fixture
def batch(make_texts):
    return TextBatch.of(*make_texts(3, 16, 9))


@pytest.fixture
def noise():
    return torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(0))


def test_the_terms_are_those_of_the_model_with_one_sample_of_z(make_module, batch, noise):
    module, settings = make_module(), ObjectiveSettings(free_bits=0.1)
    terms = objective(module, batch, settings, noise=noise)
    latents = module.posterior(batch)
    kl = module.prior.kl(latents)
    torch.testing.assert_close(terms.reconstruction, module.nats(latents.sample(noise), batch).sum())
    torch.testing.assert_close(terms.kl, kl.sum())
    torch.testing.assert_close(terms.pressed_kl, free_bits_kl(kl, module.active(batch), settings))
    assert terms.hinge.item() == 0.0


def test_the_cost_is_reconstruction_and_beta_times_the_pressed_kl_and_the_hinge():
    one = torch.tensor(1.0)
    terms = Terms(reconstruction=20 * one, kl=9 * one, pressed_kl=10 * one, hinge=3 * one)
    assert terms.cost(0.4).item() == pytest.approx(20 + 0.4 * 10 + 3)


def test_means_far_from_the_constraint_texts_cost_the_hinge(make_module, batch, noise):
    module = make_module()
    targets = module.posterior(batch).mean[:2]
    settings = ObjectiveSettings(constraint_weight=7.0, constraint_threshold=0.2)
    hinge = objective(module, batch, settings, noise=noise, constraints=targets).hinge
    of_third = constraint_hinge(module.posterior(batch).mean[2:], targets, weight=7.0, threshold=0.2).sum()
    assert hinge.item() == pytest.approx(of_third.item())
    assert hinge.item() > 0


@pytest.mark.parametrize("disturbed", [{"word_dropout": 0.9}, {"slot_dropout": 0.9}, {"latent_noise": 2.0}])
def test_inputs_and_latents_are_disturbed_only_in_training(make_module, batch, noise, disturbed):
    module = make_module()
    module.dropout.p = 0.0
    plain = ObjectiveSettings(word_dropout=0.0)

    def terms(settings):
        torch.manual_seed(0)
        return objective(module, batch, settings, noise=noise)

    undisturbed = terms(plain)
    assert terms(ObjectiveSettings(**{"word_dropout": 0.0, **disturbed})).reconstruction == undisturbed.reconstruction
    module.train()
    in_training = terms(ObjectiveSettings(**{"word_dropout": 0.0, **disturbed}))
    assert in_training.reconstruction != undisturbed.reconstruction
    torch.testing.assert_close(in_training.kl, undisturbed.kl)
    torch.testing.assert_close(terms(plain).reconstruction, undisturbed.reconstruction)


def test_a_dropped_slot_is_replaced_by_the_missing_value(make_module, batch, noise):
    module = make_module().train()
    module.dropout.p = 0.0
    settings = ObjectiveSettings(slot_dropout=1.0, word_dropout=0.0)
    expected = module.nats(module.missing.expand(3, 4, 6), batch).sum()
    torch.testing.assert_close(objective(module, batch, settings, noise=noise).reconstruction, expected)
