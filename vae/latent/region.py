"""The part of the latent space that new latents are held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from vae.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

HALVINGS = 24
"""Of the way to a centre: as fine as a float32 between 0 and 1 is."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Balls:
    """Latents near at least one constraint text.

    Attributes:
        centres: means of the texts, (m, slots, dim).
        used: slots that each text uses, (m, slots), bool; the others, behind the end of a short text, are free.
        radius: root mean square, over the dimensions of the used slots, of the distance from a centre. A neighbour of
            a centre lies at about its own radius.

    Raises:
        UserError: the radius is not above 0.
    """

    centres: Tensor
    used: Tensor
    radius: float

    def __post_init__(self) -> None:
        if not self.radius > 0:
            raise UserError(f"radius {self.radius:g} around constraint texts: it must be above 0")

    def distances(self, z: Tensor) -> Tensor:
        """Root mean square distance of each of z (n, slots, dim) from each centre, (n, m)."""
        centres = zip(self.centres, self.used, strict=True)
        return torch.stack([_distance(z, centre, used) for centre, used in centres], 1)

    def nearest(self, z: Tensor) -> Tensor:
        """The ball (n,) whose surface each of z is nearest to, or deepest below, by Euclidean distance."""
        sizes = self.used.sum(1).sqrt()
        return ((self.distances(z) - self.radius) * sizes).argmin(1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """Latents within `bounds` (smallest, largest) in every dimension and within one of `balls`; None: not held.

    Raises:
        UserError: the bounds leave nothing, or nothing of one of the balls.
    """

    balls: Balls | None = None
    bounds: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.bounds is None:
            return
        low, high = self.bounds
        if not low < high:
            raise UserError(f"bounds {low:g} to {high:g}: the first must be smaller than the second")
        if self.balls is None:
            return
        needed = self.balls.distances(self._clamp(self.balls.centres)).diagonal()
        if (needed > self.balls.radius).any():
            raise UserError(
                f"within bounds {low:g} to {high:g} nothing is as near as radius {self.balls.radius:g} to constraint "
                f"text {int(needed.argmax()) + 1}: the radius must be above {needed.max():g}, or the bounds wider"
            )

    def holds(self, z: Tensor) -> Tensor:
        """Which of z (n, slots, dim) lie inside, (n,)."""
        within = (self._clamp(z) == z).flatten(1).all(1)
        return within if self.balls is None else within & (self.balls.distances(z) <= self.balls.radius).any(1)

    def project(self, z: Tensor) -> Tensor:
        """The nearest point inside to each of z (n, slots, dim); a z inside is given back bit for bit.

        First the bounds, then, by its distance from there, one ball: the nearest point of bounds and this ball together
        is found on the way from z to the centre, cut off at the bounds. Only where both bounds and several balls
        hold z might the part of another ball inside the bounds be nearer.
        """
        clamped = self._clamp(z)
        if self.balls is None:
            return clamped
        ball = self.balls.nearest(clamped)
        centre, used = self.balls.centres[ball], self.balls.used[ball]

        def on_the_way(share: Tensor) -> Tensor:
            return self._clamp(torch.where(used[..., None], centre + share[:, None, None] * (z - centre), z))

        near, far = z.new_zeros(len(z)), z.new_ones(len(z))
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            inside = _distance(on_the_way(middle), centre, used) <= self.balls.radius
            near, far = torch.where(inside, middle, near), torch.where(inside, far, middle)
        return torch.where(self.holds(clamped)[:, None, None], clamped, on_the_way(near))

    def _clamp(self, z: Tensor) -> Tensor:
        return z if self.bounds is None else z.clamp(*self.bounds)


def _distance(z: Tensor, centre: Tensor, used: Tensor) -> Tensor:
    """Root mean square over the used slots, (n,), of z (n, slots, dim) from one centre or from a centre each."""
    squared = ((z - centre) * used[..., None]).square().sum((1, 2))
    return (squared / (used.sum(-1) * z.shape[2])).sqrt()
