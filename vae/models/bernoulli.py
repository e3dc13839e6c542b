"""A VAE over arrays whose values lie in [0, 1]."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from vae.data.array_batch import ArrayBatch
from vae.models.head import PosteriorHead, all_active
from vae.models.prior import Prior
from vae.models.vae import VAE

if TYPE_CHECKING:
    from vae.latent.gaussian import Latents

Arrays = TypeVar("Arrays", bound=ArrayBatch)


class BernoulliVAE(VAE[Arrays]):
    """One Gaussian latent of `dim`; each value is the probability of a Bernoulli variable, independent given z.

    The binary cross-entropy is summed over the values of an example (Kingma & Welling 2014, appendix C.1).
    """

    def __init__(
        self, encoder: nn.Module, decoder: nn.Module, *, width: int, dim: int, batch_norm: float = 0.0
    ) -> None:
        """A VAE from its networks.

        Args:
            encoder: from values (n, ...) to states (n, width).
            decoder: from z (n, dim) to the logits of the values, (n, ...).
            width: of what the posterior is read from.
            dim: of the latent.
            batch_norm: scale that the means are normalised to; 0 leaves them.
        """
        super().__init__()
        self.slots, self.dim = 1, dim
        self.prior = Prior(1, dim)
        self.missing = nn.Parameter(torch.zeros(dim))
        self.encoder, self.decoder = encoder, decoder
        self.head = PosteriorHead(width, dim, batch_norm=batch_norm)

    def posterior(self, batch: Arrays) -> Latents:
        """q(z|x) of each example."""
        states = self.encoder(batch.values)[:, None]
        return cast("Latents", self.head(states, self.active(batch), self.prior))

    def nats(self, z: Tensor, batch: Arrays) -> Tensor:
        """-log p(x|z) of each example, (n,)."""
        logits = self.decoder(z[:, 0]).float()
        each = functional.binary_cross_entropy_with_logits(logits, batch.values, reduction="none")
        return each.flatten(1).sum(1)

    def decode(self, z: Tensor) -> Tensor:
        """The probabilities of the values, (n, ...), for z of shape (n, 1, dim)."""
        return cast("Tensor", self.decoder(z[:, 0])).sigmoid()

    def active(self, batch: Arrays) -> Tensor:
        """The one slot, (n, 1)."""
        return all_active(batch.values, 1)

    def decoder_parts(self) -> list[nn.Module]:
        """The modules that only the decoder uses."""
        return [self.decoder]
