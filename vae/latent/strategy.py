"""What each strategy for new latents is called, and what it asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vae.latent.attribute import attribute
from vae.latent.from_prior import from_prior
from vae.latent.interpolate import interpolate
from vae.latent.neighbour import neighbour
from vae.latent.posterior import posterior
from vae.latent.resample_slots import resample_slots

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from vae.latent.gaussian import Latents

Toward = Literal["prior", "partner", "direction"]


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """A pure function from posteriors to new latents z (n, slots, dim), and what it needs.

    Attributes:
        name: as users write it.
        step: gives z from posteriors of n segments, standard normal noise (n, slots, dim), radius (n,) and `toward`
            (n, slots, dim).
        largest_radius: beyond which a radius means nothing; None where the radius is not read.
        toward: what `toward` is: a draw from the prior, made of the same noise; the partners' means; or strength times
            the direction of a label. None where it is not read.
    """

    name: str
    step: Callable[[Latents, Tensor, Tensor, Tensor], Tensor]
    largest_radius: float | None
    toward: Toward | None

    @property
    def has_radius(self) -> bool:
        """Whether the radius steers the amount of change."""
        return self.largest_radius is not None


STRATEGIES = {
    strategy.name: strategy
    for strategy in (
        Strategy(name="neighbour", step=neighbour, largest_radius=math.inf, toward=None),
        Strategy(name="posterior", step=posterior, largest_radius=math.inf, toward=None),
        Strategy(name="interpolate", step=interpolate, largest_radius=1.0, toward="partner"),
        Strategy(name="resample-slots", step=resample_slots, largest_radius=1.0, toward="prior"),
        Strategy(name="attribute", step=attribute, largest_radius=math.inf, toward="direction"),
        Strategy(name="prior", step=from_prior, largest_radius=None, toward="prior"),
    )
}
