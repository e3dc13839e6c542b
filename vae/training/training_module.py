"""The training step and the validation, as Lightning calls them."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any, cast

import lightning
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from vae.errors import UserError
from vae.evaluation.likelihood import ACTIVE_VARIANCE, importance_weighted_nll
from vae.latent.noise import generator
from vae.training.distributed import sum_gradients, sum_ranks
from vae.training.objective import beta_at, objective, warm_steps
from vae.training.optimizers import optimizer_of
from vae.training.ranks import rank, world_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
    from torch import Tensor
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler

    from vae.models.vae import VAE
    from vae.settings import Settings

log = logging.getLogger("blogvae")

REMEDY = "lower training.learning_rate or training.clip"
"""Ends the messages about a loss that is not finite."""

IW_TEXTS, IW_SAMPLES = 256, 20
"""Texts, and samples for each, that a validation estimates the importance-weighted NLL from, if that is the monitor."""


class TrainingModule(lightning.LightningModule):
    """Minimises the objective.

    The random numbers of a step follow from (seed, step), so a resumed run draws the same ones. Every process reads
    the same batches and takes every `world_size`-th text of them. The loss is the mean over the pieces of the whole
    batch and gradients are summed over processes, so one process and many make the same step. Only batch normalisation
    differs: it sees the texts of its own process and part of the batch.
    """

    automatic_optimization: bool

    def __init__(
        self,
        model: VAE[Any],
        settings: Settings,
        *,
        total_steps: int,
        constraints: Tensor | None = None,
        locate: Callable[[int], str] = str,
    ) -> None:
        """Prepares the steps of one run.

        Args:
            model: is trained in place.
            settings: of the objective and of training.
            total_steps: the steps of the whole run, which the schedules stretch over.
            constraints: the latents of constraint texts, (m, slots, dim).
            locate: returns the file and row of the text at a place of the training split, for error messages.
        """
        super().__init__()
        self.automatic_optimization = False
        self.model, self.settings, self.total_steps = model, settings, total_steps
        self.locate, self.parts = locate, settings.training.accumulate
        self.constraints: Tensor | None
        self.register_buffer("constraints", constraints, persistent=False)
        ema = settings.training.ema
        self.averaged = _averaged(model, ema) if ema else None
        self._sums = self._means = self._iw = torch.zeros(0)

    @property
    def validated_model(self) -> VAE[Any]:
        """The model that is validated and saved: the one with averaged weights if there is one."""
        return cast("VAE[Any]", self.averaged.module) if self.averaged else self.model

    @property
    def validation_counts(self) -> bool:
        """Whether a validation at this step counts for the best weights and early stopping.

        During the warm-up as an autoencoder it does not, unless the run ends there.
        """
        warm = warm_steps(self.total_steps, self.settings.objective)
        return self.global_step > warm or self.global_step >= self.total_steps

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        """Returns the optimizer and its schedule: linear warm-up, then a cosine down to a twentieth of the rate."""
        training = self.settings.training
        optimizer = optimizer_of(self.model, training)

        def share_of_rate(step: int) -> float:
            rise = (step + 1) / max(1, min(training.warmup_steps, self.total_steps // 5))
            return min(rise, 0.05 + 0.475 * (1 + math.cos(math.pi * min(1.0, step / self.total_steps))))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share_of_rate)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def training_step(self, batch: Any, number: int) -> None:
        """Makes one step of the optimizer.

        Raises:
            FloatingPointError: the loss is not finite; the message names the batch.
            UserError: a single text does not fit the memory.
        """
        optimizer = cast("Optimizer", self.optimizers())
        step = self.global_step
        if step and step == warm_steps(self.total_steps, self.settings.objective):
            self._reset_decoder(optimizer)
        beta = beta_at(step, self.total_steps, self.settings.objective)
        sums = self._backward(batch, beta, step)
        loss, nats, kl = (sums / torch.tensor([batch.units, len(batch), len(batch)], device=sums.device)).tolist()
        if not math.isfinite(loss):
            raise FloatingPointError(self._name_batch(batch, number, loss))
        sum_gradients(self.model.parameters())
        if self.settings.training.clip:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.training.clip)
        optimizer.step()
        cast("LRScheduler", self.lr_schedulers()).step()
        if self.averaged:
            self.averaged.update_parameters(self.model)
        self.log("train_loss", loss, prog_bar=True, on_step=True, on_epoch=True, batch_size=len(batch))
        self.log("train_reconstruction", nats, batch_size=len(batch))
        self.log("train_kl", kl, prog_bar=True, batch_size=len(batch))
        self.log("beta", beta)
        if self.global_step >= self.total_steps:
            # Lightning validates before it stops, so the last weights are validated at whatever step the run ends.
            self.trainer.should_stop = True

    def on_validation_epoch_start(self) -> None:
        """Sets the sums to 0."""
        self._sums, self._iw = (torch.zeros(size, dtype=torch.float64, device=self.device) for size in (4, 2))
        units = self.model.slots * self.model.dim
        self._means = torch.zeros(2, units, dtype=torch.float64, device=self.device)

    def validation_step(self, batch: Any, number: int) -> None:
        """Adds a batch to the sums, with one sample of z for each text, the same at every validation."""
        model = self.validated_model
        share, noise = self._share(batch, "validate", number)
        for rows in _parts(len(share), self.parts) if len(share) else []:
            texts = share[rows]
            terms = objective(model, texts, self.settings.objective, noise=noise[rows], constraints=self.constraints)
            means = model.posterior(texts).mean.flatten(1).double()
            parts = [terms.reconstruction, terms.kl, terms.hinge, terms.kl.new_tensor(len(texts))]
            self._sums += torch.stack(parts).double()
            self._means += torch.stack([means.sum(0), means.square().sum(0)])
            if self.settings.training.monitor == "nll_iw" and self._iw[1] * world_size() < IW_TEXTS:
                nll = importance_weighted_nll(model, texts, samples=IW_SAMPLES, seed=number).double()
                self._iw += torch.stack([nll.sum(), nll.new_tensor(len(texts))])

    def on_validation_epoch_end(self) -> None:
        """Logs reconstruction, KL and the objective at full beta in nats per text, and the active units.

        Raises:
            FloatingPointError: one of them is not finite.
        """
        reconstruction, kl, hinge, texts = sum_ranks(self._sums).tolist()
        first, second = sum_ranks(self._means) / texts
        active = int((second - first.square() >= ACTIVE_VARIANCE).sum())
        values = {
            "val_objective": (reconstruction + self.settings.objective.beta * kl + hinge) / texts,
            "val_elbo_loss": (reconstruction + kl) / texts,
            "val_reconstruction": reconstruction / texts,
            "val_kl": kl / texts,
            "val_active_units": float(active),
        }
        if self.constraints is not None:
            values["val_hinge"] = hinge / texts
        if self.settings.training.monitor == "nll_iw":
            nats, count = sum_ranks(self._iw).tolist()
            values["val_nll_iw"] = nats / count
        for name, value in values.items():
            if not math.isfinite(value):
                raise FloatingPointError(f"{name} is {value} at step {self.global_step}; {REMEDY}")
            self.log(name, value, prog_bar=True)

    def _backward(self, batch: Any, beta: float, step: int) -> Tensor:
        """Computes the gradients of the mean loss; returns the batch's cost, reconstruction and KL over all processes.

        If any process runs out of memory, all of them try again with twice as many parts, and keep to that number.
        """
        while True:
            self.model.zero_grad(set_to_none=True)
            share, noise = self._share(batch, "train", step)
            sums = torch.zeros(4, device=self.device)
            sum_once = _SumOnce(self.parts, weight=float(rank() < len(batch)))
            try:
                for rows in _parts(len(share), self.parts):
                    sums[:3] += self._backward_part(share[rows], noise[rows], beta, sum_once, units=batch.units)
            except torch.OutOfMemoryError as error:
                if self.parts >= len(share):
                    raise UserError("one text alone does not fit the memory: train a smaller model") from error
                sums[3] = 1.0
            sum_once.add_nothing_if_pending(self.model, self.settings.objective.free_bits_over, self.device)
            sums = sum_ranks(sums)
            any_out_of_memory = bool(sums[3])
            if not any_out_of_memory:
                return sums[:3]
            self.parts *= 2
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            log.warning("out of memory at step %d: batches in %d parts from here on", step, self.parts)

    def _backward_part(self, texts: Any, noise: Tensor, beta: float, sum_once: _SumOnce, *, units: int) -> Tensor:
        # This is a method of its own so that, out of memory, its variables are freed before the next attempt.
        terms = objective(
            self.model,
            texts,
            self.settings.objective,
            noise=noise,
            constraints=self.constraints,
            sum_ranks=sum_once,
        )
        cost = terms.cost(beta)
        self.manual_backward(sum_once.weight * cost / units)
        return sum_once.weight * torch.stack([cost, terms.reconstruction, terms.kl]).detach()

    def _share(self, batch: Any, purpose: str, step: int) -> tuple[Any, Tensor]:
        """Returns this process's texts of a batch, and their noise, which is drawn for the whole batch by (seed, step).

        Of a training batch with fewer texts than processes, a process without a text gets the first one.
        """
        torch.manual_seed(int(generator((self.settings.training.seed, purpose, step)).integers(2**62)))
        noise = torch.randn(len(batch), self.model.slots, self.model.dim, device=self.device)
        rows = slice(rank(), None, world_size())
        if rank() >= len(batch) and purpose == "train":
            # Collectives and the recurrent kernels need a text; this one has weight 0 in the loss.
            rows = slice(0, 1)
        if world_size() > 1:
            torch.manual_seed(int(generator((self.settings.training.seed, purpose, step, rank())).integers(2**62)))
        return batch[rows] if world_size() > 1 else batch, noise[rows]

    def _reset_decoder(self, optimizer: Optimizer) -> None:
        """Draws new decoder weights after the warm-up as an autoencoder (Li et al. 2019, section 3).

        The optimizer forgets its state of these weights, and the moving average starts again.
        """
        torch.manual_seed(int(generator((self.settings.training.seed, "decoder")).integers(2**62)))
        for part in self.model.decoder_parts():
            for module in part.modules():
                reset = getattr(module, "reset_parameters", None)
                if callable(reset):
                    reset()
            for weight in part.parameters():
                optimizer.state.pop(weight, None)
        if self.averaged:
            self.averaged.n_averaged.zero_()

    def _name_batch(self, batch: Any, number: int, loss: float) -> str:
        rows = getattr(batch, "rows", None)
        place = "" if rows is None else f": {len(rows)} texts, the first {self.locate(int(rows[0]))}"
        return (
            f"the loss is {loss} at step {self.global_step}, batch {number} of epoch {self.current_epoch + 1}{place}; "
            f"{REMEDY}"
        )


def _averaged(model: VAE[Any], decay: float) -> AveragedModel:
    mean = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
    return AveragedModel(model, multi_avg_fn=mean, use_buffers=True)


class _SumOnce:
    """Sums over processes the tensor that free bits need, exactly once for each attempt at a step.

    All processes must join in the sum, or the others wait for ever. With more than one part, each process clamps the
    means of its own parts, and there is no sum. `weight` is 0 for a process without a text of its own in the batch.
    """

    def __init__(self, parts: int, *, weight: float) -> None:
        self.pending, self.weight = world_size() > 1 and parts == 1, weight

    def __call__(self, values: Tensor) -> Tensor:
        if not self.pending:
            return values
        self.pending = False
        return sum_ranks(self.weight * values)

    def add_nothing_if_pending(self, model: VAE[Any], over: str, device: torch.device) -> None:
        """Joins the sum with zeros if this process ran out of memory before it came to the sum."""
        if self.pending:
            self(torch.zeros(model.slots, (1 if over == "slot" else model.dim) + 1, device=device))


def _parts(rows: int, parts: int) -> list[slice]:
    size = -(-rows // parts)
    return [slice(start, min(start + size, rows), 1) for start in range(0, rows, size)] if parts > 1 else [slice(None)]
