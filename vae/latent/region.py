"""The region of the latent space that new latents must stay in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from vae.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

HALVINGS = 24
"""Steps of the bisection between a centre and a latent: a float32 between 0 and 1 resolves no more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Balls:
    """The latents near at least one constraint text: one ball for each text.

    Attributes:
        centres: posterior means of the texts, (m, slots, dim).
        used: which slots each text uses, (m, slots), bool. The other slots, behind the end of a short text, are free.
        radius: the largest distance from a centre, as a root mean square over the dimensions of the used slots. The
            strategy `neighbour` makes latents at about its own radius in this measure.

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
        """Returns the root mean square distance of each of z (n, slots, dim) from each centre, (n, m)."""
        pairs = zip(self.centres, self.used, strict=True)
        return torch.stack([_distance(z, centre, used) for centre, used in pairs], 1)

    def nearest(self, z: Tensor) -> Tensor:
        """Returns for each of z (n, slots, dim) the index of the nearest ball, (n,).

        That is the ball whose surface is nearest by Euclidean distance, or the one that z lies deepest in.
        """
        # A Euclidean distance is the root mean square times the root of the number of dimensions, of which `dim` is
        # the same for all balls.
        to_euclidean = self.used.sum(1).sqrt()
        return ((self.distances(z) - self.radius) * to_euclidean).argmin(1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """The latents that lie within bounds and within a ball.

    Attributes:
        balls: a latent must lie in one of them; None for no such limit.
        bounds: smallest and largest value of every dimension; None for no such limit.

    Raises:
        UserError: nothing lies within the bounds, or a ball lies outside of them.
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
        """Returns which of z (n, slots, dim) lie in the region, (n,)."""
        within = (self._clamp(z) == z).flatten(1).all(1)
        return within if self.balls is None else within & (self.balls.distances(z) <= self.balls.radius).any(1)

    def project(self, z: Tensor) -> Tensor:
        """Returns the point of the region that is nearest to each of z (n, slots, dim).

        A latent in the region comes back bit for bit. Any other is clamped to the bounds, which selects the nearest
        ball. The nearest point of that ball within the bounds lies on the straight line from z to the centre, clamped
        to the bounds; bisection finds it. With both bounds and several balls, another ball might have a nearer point.
        """
        clamped = self._clamp(z)
        if self.balls is None:
            return clamped
        ball = self.balls.nearest(clamped)
        centre, used = self.balls.centres[ball], self.balls.used[ball]

        def point_at(share: Tensor) -> Tensor:
            return self._clamp(torch.where(used[..., None], centre + share[:, None, None] * (z - centre), z))

        inner, outer = z.new_zeros(len(z)), z.new_ones(len(z))
        for _ in range(HALVINGS):
            middle = (inner + outer) / 2
            inside = _distance(point_at(middle), centre, used) <= self.balls.radius
            inner, outer = torch.where(inside, middle, inner), torch.where(inside, outer, middle)
        return torch.where(self.holds(clamped)[:, None, None], clamped, point_at(inner))

    def _clamp(self, z: Tensor) -> Tensor:
        return z if self.bounds is None else z.clamp(*self.bounds)


def _distance(z: Tensor, centre: Tensor, used: Tensor) -> Tensor:
    """Returns the root mean square distance over the used slots of z (n, slots, dim) from its centre, (n,).

    `centre` and `used` are those of one ball, or those of one ball for each row of z.
    """
    squared = ((z - centre) * used[..., None]).square().sum((1, 2))
    return (squared / (used.sum(-1) * z.shape[2])).sqrt()
