"""The interface of all models, whatever their data, that the objective, training and evaluation use."""

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
    """A batch of examples."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice) -> Examples: ...

    def repeat(self, times: int) -> Examples:
        """Returns the whole batch, repeated `times` times."""
        ...

    @property
    def units(self) -> int:
        """The number of units that the loss is a mean over: pieces of texts, or examples of arrays."""
        ...

    def hide_inputs(self, share: float) -> Examples:
        """Returns the batch with a share of the decoder's inputs hidden; unchanged if the decoder reads z alone."""
        ...


class Disturbance(Protocol):
    """The settings of how the inputs of a decoder are disturbed in training; `ObjectiveSettings` describes them."""

    @property
    def latent_noise(self) -> float:
        """The standard deviation of the noise on z."""
        ...

    @property
    def slot_dropout(self) -> float:
        """The share of slots that are replaced by `missing`."""
        ...

    @property
    def word_dropout(self) -> float:
        """The share of the decoder's inputs that are hidden."""
        ...


Data = TypeVar("Data", bound=Examples)


class VAE(nn.Module, ABC, Generic[Data]):
    """An encoder, a latent of `slots * dim` Gaussian variables under `prior`, and a decoder.

    `missing` (dim) is the learned value that replaces a slot that is hidden from the decoder.
    """

    prior: Prior
    missing: nn.Parameter
    slots: int
    dim: int
    compiles: ClassVar[tuple[str, ...]] = ()
    """The names of the methods that run faster compiled; those with recurrent kernels do not."""

    @abstractmethod
    def posterior(self, batch: Data) -> Latents:
        """Returns q(z|x) of each example."""

    @abstractmethod
    def nats(self, z: Tensor, batch: Data) -> Tensor:
        """Returns -log p(x|z) of each example, (n,), for z of shape (n, slots, dim)."""

    def disturb(self, z: Tensor, batch: Data, settings: Disturbance) -> tuple[Tensor, Data]:
        """Returns what the decoder reads in training: z with noise and missing slots, and inputs hidden."""
        z = drop_slots(add_noise(z, settings.latent_noise), settings.slot_dropout, self.missing)
        return z, cast("Data", batch.hide_inputs(settings.word_dropout))

    @abstractmethod
    def active(self, batch: Data) -> Tensor:
        """Returns a mask (n, slots) of the slots that each example uses."""

    @abstractmethod
    def decoder_parts(self) -> list[nn.Module]:
        """Returns the modules that only the decoder uses; they get new weights after a warm-up as an autoencoder."""

    @contextmanager
    def compiled(self) -> Iterator[None]:
        """Compiles the methods that `compiles` names, within the context.

        Afterwards they are not compiled any more, so that a copy of the model never calls the methods of this one.
        """
        for name in self.compiles:
            setattr(self, name, torch.compile(getattr(self, name)))
        try:
            yield
        finally:
            for name in self.compiles:
                delattr(self, name)
