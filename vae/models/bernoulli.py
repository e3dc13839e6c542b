"""A VAE for arrays whose values lie in [0, 1], such as grey images and bags of words."""

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
    """A VAE with one Gaussian latent; given z, the values are independent Bernoulli variables.

    -log p(x|z) is the binary cross-entropy, summed over the values of an example (Kingma & Welling 2014, appendix C.1).
    """

    def __init__(
        self, encoder: nn.Module, decoder: nn.Module, *, width: int, dim: int, batch_norm: float = 0.0
    ) -> None:
        """Makes a VAE of an encoder and a decoder.

        Args:
            encoder: maps values (n, ...) to states (n, width).
            decoder: maps z (n, dim) to the logits of the values (n, ...).
            width: the size of the encoder's states, from which the posterior is computed.
            dim: the number of dimensions of the latent.
            batch_norm: the standard deviation that the posterior means are normalised to; 0 does not normalise them.
        """
        super().__init__()
        self.slots, self.dim = 1, dim
        self.prior = Prior(1, dim)
        self.missing = nn.Parameter(torch.zeros(dim))
        self.encoder, self.decoder = encoder, decoder
        self.head = PosteriorHead(width, dim, batch_norm=batch_norm)

    def posterior(self, batch: Arrays) -> Latents:
        """Returns q(z|x) of each example."""
        states = self.encoder(batch.values)[:, None]
        return cast("Latents", self.head(states, self.active(batch), self.prior))

    def nats(self, z: Tensor, batch: Arrays) -> Tensor:
        """Returns -log p(x|z) of each example, (n,)."""
        logits = self.decoder(z[:, 0]).float()
        losses = functional.binary_cross_entropy_with_logits(logits, batch.values, reduction="none")
        return losses.flatten(1).sum(1)

    def decode(self, z: Tensor) -> Tensor:
        """Returns the probability that each value is 1, (n, ...), for z of shape (n, 1, dim)."""
        return cast("Tensor", self.decoder(z[:, 0])).sigmoid()

    def active(self, batch: Arrays) -> Tensor:
        """Returns that every example uses the only slot, (n, 1)."""
        return all_active(batch.values, 1)

    def decoder_parts(self) -> list[nn.Module]:
        """Returns the modules that only the decoder uses."""
        return [self.decoder]
