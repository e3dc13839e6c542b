"""The training step, as Lightning runs it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import lightning
import torch

from vae.latent.noise import generator
from vae.objective import Terms, beta_at, objective

if TYPE_CHECKING:
    from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
    from torch import Tensor

    from vae.models.recurrent import RecurrentVAE
    from vae.settings import Settings
    from vae.training.batches import Batch

ACTIVE_VARIANCE = 0.01
"""A unit is active where its posterior mean varies at least this much over texts (Burda et al. 2016, section 5.2)."""


class TrainingModule(lightning.LightningModule):
    """Minimises the objective; every step's randomness follows from (seed, step), so a resumed run repeats it."""

    def __init__(self, model: RecurrentVAE, settings: Settings, *, total_steps: int) -> None:
        super().__init__()
        self.model, self.settings, self.total_steps = model, settings, total_steps
        self._sums = dict.fromkeys(("reconstruction", "kl", "texts", "pieces"), 0.0)
        self._means: list[Tensor] = []

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        """AdamW, linear warm-up, then a cosine down to a twentieth."""
        training = self.settings.training
        optimizer = torch.optim.AdamW(self.parameters(), lr=training.learning_rate, weight_decay=0.01)

        def share(step: int) -> float:
            rise = (step + 1) / max(1, min(training.warmup_steps, self.total_steps // 5))
            return min(rise, 0.05 + 0.475 * (1 + math.cos(math.pi * min(1.0, step / self.total_steps))))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def training_step(self, batch: Batch, _batch_number: int) -> Tensor:
        """Returns the loss in nats per piece. Raises FloatingPointError where it is not finite."""
        self._seed("train", self.global_step)
        terms = objective(self.model, batch.ids, batch.lengths, self.settings.objective)
        beta = beta_at(self.global_step, self.total_steps, self.settings.objective)
        loss = terms.loss(beta)
        if not torch.isfinite(loss):
            raise FloatingPointError(
                f"the loss is {loss.item()} at step {self.global_step}: lower training.learning_rate or training.clip"
            )
        self.log("train_loss", loss, prog_bar=True, on_step=True, on_epoch=True, batch_size=terms.texts)
        self.log("beta", beta)
        self.log("train_kl", terms.kl / terms.texts, prog_bar=True, batch_size=terms.texts)
        return loss

    def validation_step(self, batch: Batch, number: int) -> None:
        """Adds a batch to the sums; one sample of z each, the same at every validation."""
        self._seed("validate", number)
        terms: Terms = objective(self.model, batch.ids, batch.lengths, self.settings.objective)
        for name in self._sums:
            self._sums[name] += float(getattr(terms, name))
        self._means.append(self.model.encode(batch.ids, batch.lengths).mean.flatten(1))

    def on_validation_epoch_end(self) -> None:
        """Logs nats per text: reconstruction, KL, the objective at full beta, and the active units."""
        sums, texts = self._sums, max(1.0, self._sums["texts"])
        active = torch.cat(self._means).var(0, unbiased=False) >= ACTIVE_VARIANCE
        self.log(
            "val_objective", (sums["reconstruction"] + self.settings.objective.beta * sums["kl"]) / texts, prog_bar=True
        )
        self.log("val_reconstruction", sums["reconstruction"] / texts, prog_bar=True)
        self.log("val_kl", sums["kl"] / texts, prog_bar=True)
        self.log("val_active_units", active.sum().float(), prog_bar=True)
        self._sums = dict.fromkeys(self._sums, 0.0)
        self._means = []

    def _seed(self, purpose: str, step: int) -> None:
        torch.manual_seed(int(generator((self.settings.training.seed, purpose, step)).integers(2**62)))
