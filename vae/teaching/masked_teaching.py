"""Teaches a masked text VAE rewordings, for a given time and without forgetting general prose."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.hardware import fast_precision
from vae.models.configs import bounded
from vae.teaching.infilling import InfillingBatch, rewording_loss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from vae.models.masked import MaskedVAE
    from vae.teaching.infilling import Example
    from vae.teaching.text_windows import TextWindows

log = logging.getLogger("blogvae")

_LEVELS = (0.6, 1.6)
"""The levels by which latents of old wordings are moved lie between these."""

LENGTHS = (40, 40, 64, 128)
"""Pieces of a window of general prose; each step draws one of these lengths."""

LOGGED = 25
"""Steps between two lines of the log."""


@dataclass(frozen=True, kw_only=True)
class TeachingSettings:
    """Settings of teaching.

    A step has `rewordings` spans that authors reworded, `substitutes` words with what people would write instead, and
    `windows` of general prose under the model's own objective (48 pieces each, on average); `shares` weighs their three
    losses. AdamW's `learning_rate` rises over `warmup` steps and falls by a cosine over `minutes`, or over `steps`
    where that is not 0.
    """

    minutes: float = bounded(60.0, low=0.0)
    steps: int = bounded(0, low=0)
    rewordings: int = bounded(6, low=1)
    substitutes: int = bounded(5, low=1)
    windows: int = bounded(2, low=1)
    shares: tuple[float, float, float] = (0.40, 0.35, 0.25)
    learning_rate: float = bounded(1e-4, low=0.0)
    warmup: int = bounded(20, low=1)
    clip: float = bounded(1.0, low=0.0)
    seed: int = bounded(0, low=0)


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """The examples and the prose that a model is taught from."""

    rewordings: Sequence[Example]
    substitutes: Sequence[Example]
    prose: TextWindows


def teach(module: MaskedVAE, lessons: Lessons, settings: TeachingSettings) -> int:
    """Teaches the decoder in place, and returns the number of steps.

    The encoder, its input and the embedding of pieces stay as they are, so that latents keep their meaning.

    Raises:
        FloatingPointError: the loss is not finite.
    """
    weights = _taught(module)
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    torch.manual_seed(settings.seed)
    lesson = _Lesson(module, lessons, settings)
    module.eval()
    module.decoder.train()
    started, step, history = time.monotonic(), 0, []
    while (progress := _progress(step, time.monotonic() - started, settings)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * rate(step, progress, settings.warmup)
        losses = lesson()
        optimizer.zero_grad(set_to_none=True)
        loss = torch.stack(losses) @ torch.tensor(settings.shares, device=losses[0].device)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(weights, settings.clip)
        if not math.isfinite(norm):
            raise FloatingPointError(f"step {step}: the gradient is {norm}; lower the learning rate")
        optimizer.step()
        step += 1
        history.append([loss.item() for loss in losses])
        if step % LOGGED == 0:
            means = np.mean(history[-LOGGED:], 0)
            log.info("step %d, %.0f%%: rewordings %.2f, substitutes %.2f, prose %.2f", step, 100 * progress, *means)
    module.eval()
    module.requires_grad_(requires_grad=False)
    return step


def between(start: Mapping[str, Tensor], taught: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Returns weights a share of the way from those at the start to those taught (Wortsman et al. 2022, section 3).

    On this way most of the learning comes before most of the forgetting.
    """
    return {
        name: torch.lerp(weight, taught[name], share) if weight.is_floating_point() else weight
        for name, weight in start.items()
    }


def rate(step: int, progress: float, warmup: int) -> float:
    """Returns the factor on the learning rate: it rises over `warmup` steps, and falls to 1/50 at progress 1."""
    return min(1.0, (step + 1) / warmup) * (0.02 + 0.49 * (1 + math.cos(math.pi * progress)))


def _progress(step: int, seconds: float, settings: TeachingSettings) -> float:
    """Returns the share of the steps or of the time that has passed."""
    if settings.steps:
        return step / settings.steps
    return seconds / (60 * settings.minutes) if settings.minutes else 1.0


def _taught(module: MaskedVAE) -> list[Tensor]:
    """Returns the weights of the decoder; from now on only these have gradients."""
    parts = [weight for part in module.decoder_parts() for weight in part.parameters()]
    weights: list[Tensor] = [*parts, module.hidden, module.levels, module.bias]
    module.requires_grad_(requires_grad=False)
    for weight in weights:
        weight.requires_grad = True
    return weights


class _Lesson:
    """Draws the texts of a step, and returns its losses in nats: of rewordings, of substitutes, of general prose."""

    def __init__(self, module: MaskedVAE, lessons: Lessons, settings: TeachingSettings) -> None:
        self.module, self.lessons, self.settings = module, lessons, settings
        self.random, self.generator = Random(settings.seed), np.random.default_rng(settings.seed)
        self.device = module.bias.device
        self.weights = [each.weight for each in lessons.rewordings]

    def __call__(self) -> tuple[Tensor, Tensor, Tensor]:
        settings, lessons = self.settings, self.lessons
        rewordings = self.random.choices(lessons.rewordings, self.weights, k=settings.rewordings)
        substitutes = self.random.choices(lessons.substitutes, k=settings.substitutes)
        with fast_precision(self.device.type):
            return self._infilling_loss(rewordings), self._infilling_loss(substitutes), self._prose_loss()

    def _infilling_loss(self, examples: Sequence[Example]) -> Tensor:
        batch = InfillingBatch.of(examples, run=self.module.run, device=self.device, random=self.random)
        low, high = _LEVELS
        levels = low + (high - low) * torch.rand(len(examples), device=self.device)
        return rewording_loss(self.module, batch, levels)

    def _prose_loss(self) -> Tensor:
        length = min(self.random.choice(LENGTHS), self.module.max_len)
        texts = max(1, self.settings.windows * 48 // length)
        batch = self.lessons.prose.draw(texts, length, generator=self.generator, device=self.device)
        with torch.no_grad():
            latents = self.module.encode(batch.ids, batch.lengths)
            z = latents.sample(torch.randn_like(latents.mean))
        z, batch = self.module.disturb(z, batch, self.settings)
        return self.module.nats(z, batch).sum() / batch.units
