"""Defines the arms of the utility study: which variations each adds to the training posts, and how it trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

EACH = 4
"""Variations of a training post."""

PEERS = ("AEDA", "EDA", "nlpaug swap 0.1", "nlpaug delete 0.3")
"""Systems of quality_systems.py."""

PEER, AUGMENT, JUDGE, TOWARD, KEPT = "peer", "augment", "judge", "toward", "kept"
"""Ways to make variations.

The last two use the classes of the training posts of one split: TOWARD draws variations toward the class of their post,
KEPT keeps the words that are typical of it.
"""

CS = (1.0, 10.0, 100.0)
"""Values of C, the inverse strength of regularisation, from which inner cross-validation chooses."""

LONGER_CS = (*CS, 1e3, 1e4)
WEIGHTS = (0.2, 1.0)
TOLERANCE, LONGER_TOLERANCE = 1e-2, 1e-6
"""Tolerances of liblinear: the norm of the gradient relative to that at the start.

lbfgs, whose tolerance is absolute, gets a hundredth of it.
"""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A set of variations: its name, the way it is made, its change, and its rules where they are not the default."""

    name: str
    by: str
    change: str = ""
    rules: Path | None = None

    @property
    def guided(self) -> bool:
        """Returns whether the set differs by split and size."""
        return self.by in {TOWARD, KEPT}


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One way of training.

    Attributes:
        name: its name in the tables.
        made: the set of variations that it adds, or None.
        each: most variations of a post.
        weights: the weights of a varied row relative to its post's, from which inner cross-validation chooses.
        cs: the values of C, from which inner cross-validation chooses.
        tolerance: the tolerance at which fitting stops.
    """

    name: str
    made: Made | None = None
    each: int = EACH
    weights: tuple[float, ...] = (1.0,)
    cs: tuple[float, ...] = CS
    tolerance: float = TOLERANCE

    @property
    def guided(self) -> bool:
        """Returns whether its variations differ by split and size."""
        return self.made is not None and self.made.guided


def peer(name: str) -> Made:
    """Returns the set of variations by another system."""
    return Made(name=name, by=PEER)


def ours(change: str) -> Made:
    """Returns the set of variations by `blogvae augment` at this change."""
    return Made(name=f"ours {change}", by=AUGMENT, change=change)


NOTHING = Arm(name="nothing")

BASELINES = (
    NOTHING,
    Arm(name="nothing, trained longer", cs=LONGER_CS, tolerance=LONGER_TOLERANCE),
    Arm(name="duplicates", made=peer("identity")),
    *(Arm(name=name, made=peer(name)) for name in PEERS),
    *(Arm(name=f"{name}, weighted", made=peer(name), weights=WEIGHTS) for name in ("EDA", "nlpaug delete 0.3")),
)
"""Arms without ours. Peers that change words are weighted too, since a remedy for ours must be tried with peers."""


def our_arms(changes: list[str], toward: str) -> tuple[Arm, ...]:
    """Returns our arms: one at each change, and one toward the class."""
    made = Made(name=f"ours {toward}, toward the class", by=TOWARD, change=toward)
    return tuple(Arm(name=each.name, made=each) for each in (*map(ours, changes), made))


def remedies(change: str, judged: dict[str, Path]) -> tuple[Arm, ...]:
    """Returns arms that may do better at this change; `judged` has files of rules by name."""
    base = ours(change)
    kept = Made(name=f"{base.name}, class words kept", by=KEPT, change=change)
    others = [Made(name=f"{base.name}, {name}", by=JUDGE, change=change, rules=file) for name, file in judged.items()]
    return (
        *(Arm(name=f"{base.name}, {each} each", made=base, each=each) for each in (1, 2)),
        Arm(name=f"{base.name}, weighted", made=base, weights=WEIGHTS),
        *(Arm(name=made.name, made=made) for made in (kept, *others)),
    )
