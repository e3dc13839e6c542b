"""What objective, training and evaluation ask of a model, whatever its data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar, cast

import torch
from torch import Tensor, nn

from vae.models.disturb import add_noise, drop_slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vae.latent.gaussian import Latents
    from vae.models.prior import Prior


class Examples(Protocol):
    """A batch: its number of examples, and how many units (pieces, pixels, words) its loss is a mean over."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice) -> Examples: ...

    def repeat(self, times: int) -> Examples:
        """The whole batch so many times, one after the other."""
        ...

    @property
    def units(self) -> int:
        """What the loss is a mean over."""
        ...

    def hide_inputs(self, share: float) -> Examples:
        """With a share of what an autoregressive decoder reads hidden; the same where nothing is read."""
        ...


class Disturbance(Protocol):
    """How much of what it reads is kept from a decoder in training; `ObjectiveSettings` tells what each is."""

    @property
    def latent_noise(self) -> float:
        """The standard deviation of noise on z."""
        ...

    @property
    def slot_dropout(self) -> float:
        """The share of slots that are missing."""
        ...

    @property
    def word_dropout(self) -> float:
        """The share of inputs that are hidden."""
        ...


Data = TypeVar("Data", bound=Examples)


class VAE(nn.Module, ABC, Generic[Data]):
    """An encoder, a latent of `slots * dim` Gaussian variables under `prior`, and a decoder.

    `missing` (dim) is the value of a slot that is not told to the decoder.
    """

    prior: Prior
    missing: nn.Parameter
    slots: int
    dim: int
    compiles: ClassVar[tuple[str, ...]] = ()
    """Methods that gain by compilation; recurrent kernels do not."""

    @abstractmethod
    def posterior(self, batch: Data) -> Latents:
        """q(z|x) of each example."""

    @abstractmethod
    def nats(self, z: Tensor, batch: Data) -> Tensor:
        """-log p(x|z) of each example, (n,), for z of shape (n, slots, dim)."""

    def disturb(self, z: Tensor, batch: Data, settings: Disturbance) -> tuple[Tensor, Data]:
        """What the decoder is given in training: noisy latents of which some are missing, and a part of its inputs."""
        z = drop_slots(add_noise(z, settings.latent_noise), settings.slot_dropout, self.missing)
        return z, cast("Data", batch.hide_inputs(settings.word_dropout))

    @abstractmethod
    def active(self, batch: Data) -> Tensor:
        """Which slots each example uses, (n, slots)."""

    @abstractmethod
    def decoder_parts(self) -> list[nn.Module]:
        """The modules that only the decoder uses: what is made anew after a warm-up as an autoencoder."""

    @contextmanager
    def compiled(self) -> Iterator[None]:
        """Compiles what `compiles` names, for as long as this lasts: a copy made later must not call this one's."""
        for name in self.compiles:
            setattr(self, name, torch.compile(getattr(self, name)))
        try:
            yield
        finally:
            for name in self.compiles:
                delattr(self, name)
