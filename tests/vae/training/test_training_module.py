import math
from copy import deepcopy

import pytest
import torch

from vae.data.text_batch import TextBatch
from vae.errors import UserError
from vae.models.text_model import StepwiseModel
from vae.settings import load_preset, override
from vae.training.objective import beta_at
from vae.training.training_module import TrainingModule

STILL = "free_bits=0 word_dropout=0 model.dropout=0 learning_rate=0.1 warmup_steps=0".split()
"""Settings with which z is the only thing drawn at random, so that parts of a batch cost what the batch costs."""


class Trainer:
    """Stands in for Lightning's trainer: it counts steps and keeps what is logged."""

    def __init__(self, monkeypatch, module, *, step=0):
        self.module, self.step, self.should_stop, self.logged = module, step, False, {}
        configured = module.configure_optimizers()
        self.optimizer, self.schedule = configured["optimizer"], configured["lr_scheduler"]["scheduler"]
        self.optimizer.register_step_post_hook(self._count)
        for name, value in {
            "global_step": property(lambda _: self.step),
            "current_epoch": property(lambda _: 2),
            "trainer": property(lambda _: self),
            "optimizers": lambda _: self.optimizer,
            "lr_schedulers": lambda _: self.schedule,
            "manual_backward": lambda _, loss: loss.backward(),
            "log": lambda _, name, value, **__: self.logged.update({name: float(value)}),
        }.items():
            monkeypatch.setattr(type(module), name, value)

    def _count(self, *_):
        self.step += 1

    def train(self, *batches):
        for number, batch in enumerate(batches):
            self.module.training_step(batch, number)
        return self.logged

    def validate(self, *batches):
        self.module.eval()
        self.module.on_validation_epoch_start()
        for number, batch in enumerate(batches):
            self.module.validation_step(batch, number)
        self.module.on_validation_epoch_end()
        return dict(self.logged)


@pytest.fixture
def training(make_module, monkeypatch):
    """Returns a function that makes a module of 100 steps, in a trainer that stands at a given step."""

    def make(step=0, pairs=(), **options):
        settings = override(load_preset("tiny"), ["learning_rate=0.1", "warmup_steps=10", *pairs])
        model = make_module(slots=4).requires_grad_(requires_grad=True).train()
        if "model.dropout=0" in pairs:
            model.dropout.p = 0.0
        # The trainer patches the class, so each module has a class of its own.
        module = type("Module", (TrainingModule,), {})(model, settings, total_steps=100, **options)
        return Trainer(monkeypatch, module, step=step)

    return make


@pytest.fixture
def batch(make_texts):
    return TextBatch.of(*make_texts(3, 16, 9), rows=torch.tensor([30, 10, 20]))


@pytest.fixture
def others(make_texts):
    """Three more batches."""
    return [TextBatch.of(*make_texts(*lengths)) for lengths in ([5, 5, 7, 9], [16], [2, 3, 4, 12, 13])]


def weights_of(trainer):
    return {name: weight.detach().clone() for name, weight in trainer.module.model.state_dict().items()}


def assert_close(first, second, **tolerance):
    torch.testing.assert_close(weights_of(first), weights_of(second), **tolerance)


def test_the_learning_rate_rises_then_falls_to_a_twentieth(training):
    trainer = training()
    rates = []
    for _ in range(101):
        rates.append(trainer.optimizer.param_groups[0]["lr"])
        trainer.optimizer.step()
        trainer.schedule.step()
    assert rates[:3] == pytest.approx([0.01, 0.02, 0.03])
    assert max(rates) == pytest.approx(0.1, rel=0.03)
    assert rates[55] == pytest.approx(0.1 * (0.05 + 0.475 * (1 + math.cos(math.pi * 0.55))))
    assert rates[100] == pytest.approx(0.005)
    assert rates[15:] == sorted(rates[15:], reverse=True)


def test_a_step_draws_the_same_noise_whatever_was_drawn_before(training, batch):
    torch.manual_seed(1)
    first = training(step=7).train(batch)
    torch.manual_seed(2)
    assert training(step=7).train(batch) == first
    assert training(step=7, pairs=["seed=1"]).train(batch) != first
    assert training(step=8).train(batch) != first


def test_steps_equal_those_of_adam_on_the_loss_of_each_batch(training, batch, others):
    trainer = training(pairs=[*STILL, "clip=0"])
    plain = deepcopy(trainer.module.model)
    adam = torch.optim.AdamW(plain.parameters(), weight_decay=0.01)
    for texts in [batch, *others]:
        adam.param_groups[0]["lr"] = trainer.optimizer.param_groups[0]["lr"]
        beta = beta_at(trainer.step, 100, trainer.module.settings.objective)
        _, noise = trainer.module._share(texts, "train", trainer.step)
        trainer.train(texts)
        latents = plain.posterior(texts)
        loss = (plain.nats(latents.sample(noise), texts).sum() + beta * plain.prior.kl(latents).sum()) / texts.units
        adam.zero_grad()
        loss.backward()
        adam.step()
        assert trainer.logged["train_loss"] == pytest.approx(loss.item(), rel=1e-5)
    torch.testing.assert_close(weights_of(trainer), dict(plain.state_dict()), rtol=1e-3, atol=1e-4)


def test_the_loss_weighs_the_kl_by_the_beta_of_the_step(training, batch):
    pairs = [*STILL, "beta=0.5", "anneal=0.4"]
    latents = training(pairs=pairs).module.model.posterior(batch)
    logged = training(step=20, pairs=pairs).train(batch)
    assert logged["beta"] == 0.25
    kl = training().module.model.prior.kl(latents).sum().item()
    assert logged["train_kl"] == pytest.approx(kl / 3)
    without = training(step=20, pairs=[*pairs, "beta=0"]).train(batch)
    assert logged["train_loss"] - without["train_loss"] == pytest.approx(0.25 * kl / 28, rel=1e-4)


@pytest.mark.parametrize("clip", [0.5, 0])
def test_the_gradient_is_clipped_to_a_norm_unless_that_is_0(training, batch, clip):
    trainer = training(pairs=[f"clip={clip}"])
    trainer.train(batch)
    norm = torch.nn.utils.get_total_norm([w.grad for w in trainer.module.model.parameters() if w.grad is not None])
    if clip:
        assert norm == pytest.approx(clip, rel=1e-4)
    else:
        assert norm > 1


def test_parts_of_a_batch_make_the_step_of_the_whole(training, batch, others):
    whole, halves, texts = (training(pairs=[*STILL, f"accumulate={parts}"]) for parts in (1, 2, 99))
    for trainer in (whole, halves, texts):
        trainer.train(batch, *others)
    assert halves.logged == pytest.approx(whole.logged, rel=1e-3)
    assert_close(halves, whole, rtol=1e-2, atol=1e-3)
    assert_close(texts, whole, rtol=1e-2, atol=1e-3)


def test_averaged_weights_are_an_exponential_mean_that_starts_with_the_first_step(training, batch, others):
    trainer = training(pairs=["ema=0.75"])
    trainer.train(batch)
    mean = weights_of(trainer)
    for texts in others:
        trainer.train(texts)
        mean = {name: 0.75 * mean[name] + 0.25 * weight for name, weight in weights_of(trainer).items()}
    averaged = trainer.module.validated_model
    assert averaged is not trainer.module.model
    torch.testing.assert_close({name: weight.detach() for name, weight in averaged.state_dict().items()}, mean)


def test_a_validation_is_made_with_the_averaged_weights(training, batch, others):
    trainer = training(pairs=["ema=0.99"])
    trainer.train(batch, *others)
    logged = trainer.validate(batch)
    trainer.module.model.bias.data += 1e3 * torch.randn(40)
    assert trainer.validate(batch) == logged


def test_the_decoder_gets_new_weights_when_the_warm_up_ends(training, batch):
    trainer = training(step=39, pairs=["autoencoder=0.4", "ema=0.9", "beta=0.5", "anneal=0.5"])
    decoder = {id(weight) for part in trainer.module.model.decoder_parts() for weight in part.parameters()}

    def largest_changes():
        """Makes a step; returns the largest change of a weight of the decoder and of all other weights."""
        before = {name: weight.detach().clone() for name, weight in trainer.module.model.named_parameters()}
        trainer.train(batch)
        largest = {True: 0.0, False: 0.0}
        for name, weight in trainer.module.model.named_parameters():
            part = id(weight) in decoder
            largest[part] = max(largest[part], (weight.detach() - before[name]).abs().max().item())
        return largest[True], largest[False]

    assert max(largest_changes()) < 0.02
    assert trainer.logged["beta"] == 0.0
    of_decoder, of_others = largest_changes()
    assert of_decoder > 0.5
    assert of_others < 0.05
    assert max(largest_changes()) < 0.1
    assert trainer.logged["beta"] == pytest.approx(0.5 / 30)
    steps = {id(weight): int(state["step"]) for weight, state in trainer.optimizer.state.items()}
    assert {steps[weight] for weight in decoder} == {2}
    assert {count for weight, count in steps.items() if weight not in decoder} == {3}
    assert trainer.module.averaged.n_averaged == 2


@pytest.mark.parametrize(("step", "counts"), [(1, False), (40, False), (41, True), (100, True)])
def test_a_validation_counts_after_the_warm_up(training, step, counts):
    assert training(step=step, pairs=["autoencoder=0.4"]).module.validation_counts is counts
    assert training(step=step).module.validation_counts


@pytest.fixture
def memory_for(monkeypatch):
    """Returns a function that limits how many texts fit the memory, and returns the sizes that were tried."""
    original = StepwiseModel.nats

    def limit(most):
        sizes = []

        def nats(self, z, batch):
            sizes.append(len(batch))
            if len(batch) > most:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return original(self, z, batch)

        monkeypatch.setattr(StepwiseModel, "nats", nats)
        return sizes

    return limit


def test_out_of_memory_halves_the_parts_until_they_fit_and_they_stay_so(training, batch, others, memory_for, caplog):
    fitting = training(pairs=[*STILL, "accumulate=4"])
    fitting.train(others[2], batch, *others)
    sizes = memory_for(2)
    trainer = training(pairs=STILL)
    trainer.train(others[2], batch, *others)
    assert sizes[:6] == [5, 3, 2, 2, 1, 1]
    assert (trainer.module.parts, trainer.step) == (4, 5)
    assert [record.getMessage() for record in caplog.records] == [
        "out of memory at step 0: batches in 2 parts from here on",
        "out of memory at step 0: batches in 4 parts from here on",
    ]
    assert_close(trainer, fitting, rtol=0, atol=0)


def test_a_batch_that_ran_out_of_memory_half_way_leaves_no_gradient(training, others, monkeypatch):
    original, calls = StepwiseModel.nats, iter(range(99))

    def nats(self, z, batch):
        if next(calls) == 1:
            raise torch.OutOfMemoryError
        return original(self, z, batch)

    fitting = training(pairs=[*STILL, "accumulate=4"])
    fitting.train(others[2])
    monkeypatch.setattr(StepwiseModel, "nats", nats)
    trainer = training(pairs=[*STILL, "accumulate=2"])
    trainer.train(others[2])
    assert_close(trainer, fitting, rtol=0, atol=0)


def test_a_single_text_that_does_not_fit_the_memory_is_a_user_error(training, batch, memory_for):
    sizes = memory_for(0)
    with pytest.raises(UserError, match=r"^one text alone does not fit the memory: train a smaller model$"):
        training().train(batch)
    assert sizes == [3, 2, 1]


def test_a_validation_takes_batches_in_as_many_parts_as_training(training, batch, memory_for):
    whole = training().validate(batch)
    sizes = memory_for(1)
    trainer = training()
    trainer.module.parts = 4
    assert trainer.validate(batch) == pytest.approx(whole)
    assert sizes == [1, 1, 1]


def test_the_error_for_a_loss_that_is_not_finite_names_step_batch_and_row(training, batch):
    trainer = training(step=6, locate=lambda place: f"row {place} of train.parquet")
    trainer.module.model.bias.data[4] = math.nan
    with pytest.raises(FloatingPointError) as caught:
        trainer.module.training_step(batch, 17)
    assert str(caught.value) == (
        "the loss is nan at step 6, batch 17 of epoch 3: 3 texts, the first row 30 of train.parquet; "
        "lower training.learning_rate or training.clip"
    )


def test_the_error_for_a_validation_that_is_not_finite_names_the_step(training, batch):
    trainer = training(step=6)
    trainer.module.model.bias.data[4] = math.nan
    with pytest.raises(FloatingPointError, match=r"^val_objective is nan at step 6; lower training\.learning_rate"):
        trainer.validate(batch)


def test_the_last_step_asks_the_trainer_to_stop(training, batch):
    trainer = training(step=98)
    trainer.train(batch)
    assert not trainer.should_stop
    trainer.train(batch)
    assert trainer.should_stop


def test_a_validation_is_a_mean_over_texts_and_the_same_each_time(training, batch):
    trainer = training(pairs=["beta=0.5", "monitor=nll_iw"])
    parts = [batch[slice(0, 1)], batch[slice(1, 3)]]
    logged = trainer.validate(*parts)
    latents = trainer.module.model.posterior(batch)
    kl = trainer.module.model.prior.kl(latents).sum().item() / 3
    assert logged["val_kl"] == pytest.approx(kl)
    assert logged["val_objective"] == pytest.approx(logged["val_reconstruction"] + 0.5 * kl)
    assert logged["val_elbo_loss"] == pytest.approx(logged["val_reconstruction"] + kl)
    assert logged["val_nll_iw"] < logged["val_elbo_loss"]
    variances = latents.mean.flatten(1).var(0, unbiased=False)
    assert logged["val_active_units"] == (variances >= 0.01).sum()
    assert trainer.validate(*parts) == logged


def test_the_importance_weighted_nll_is_estimated_only_for_its_monitor(training, batch):
    assert "val_nll_iw" not in training().validate(batch)
