"""The arms of the utility study: the variations that each adds to the training posts, and how it fits a classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

EACH = 4
PEERS = ("AEDA", "EDA", "nlpaug swap 0.1", "nlpaug delete 0.3")
"""Of quality_systems."""

PEER, AUGMENT, JUDGE, TOWARD, KEPT = "peer", "augment", "judge", "toward", "kept"
"""Who makes variations. The last two use what the training posts of one split say of the classes: variations are
drawn toward that of their post, or the words that tell it stay."""

CS = (1.0, 10.0, 100.0)
"""Inverse strengths of regularisation for inner cross-validation to choose from, for the weight of one a post."""

LONGER_CS = (*CS, 1e3, 1e4)
WEIGHTS = (0.2, 1.0)
TOLERANCE, LONGER_TOLERANCE = 1e-2, 1e-6
"""Of liblinear: the norm of the gradient as a share of what it was; lbfgs takes a hundredth, its own is absolute."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A set of variations: its system, its change, and its rules if they are not the default."""

    name: str
    by: str
    change: str = ""
    rules: Path | None = None

    @property
    def guided(self) -> bool:
        """Whether the set differs by split and size."""
        return self.by in {TOWARD, KEPT}


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One way of training.

    Attributes:
        name: its name in the tables.
        made: the variations that it adds, None for none.
        each: the most variations of a post.
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
        """Whether its variations differ by split and size."""
        return self.made is not None and self.made.guided


def peer(name: str) -> Made:
    """A set of variations by another system."""
    return Made(name=name, by=PEER)


def ours(change: str) -> Made:
    """A set of variations by `blogvae augment`."""
    return Made(name=f"ours {change}", by=AUGMENT, change=change)


NOTHING = Arm(name="nothing")

BASELINES = (
    NOTHING,
    Arm(name="nothing, trained longer", cs=LONGER_CS, tolerance=LONGER_TOLERANCE),
    Arm(name="duplicates", made=peer("identity")),
    *(Arm(name=name, made=peer(name)) for name in PEERS),
    *(Arm(name=f"{name}, weighted", made=peer(name), weights=WEIGHTS) for name in ("EDA", "nlpaug delete 0.3")),
)
"""Weighted, the peers that change words: what is a remedy for ours must be tried with them, too."""


def our_arms(changes: list[str], toward: str) -> tuple[Arm, ...]:
    """Our arms: one at each change, and one toward the class."""
    made = Made(name=f"ours {toward}, toward the class", by=TOWARD, change=toward)
    return tuple(Arm(name=each.name, made=each) for each in (*map(ours, changes), made))


def remedies(change: str, judged: dict[str, Path]) -> tuple[Arm, ...]:
    """Arms that may help at one change; `judged` holds rules files by name."""
    base = ours(change)
    kept = Made(name=f"{base.name}, class words kept", by=KEPT, change=change)
    others = [Made(name=f"{base.name}, {name}", by=JUDGE, change=change, rules=file) for name, file in judged.items()]
    return (
        *(Arm(name=f"{base.name}, {each} each", made=base, each=each) for each in (1, 2)),
        Arm(name=f"{base.name}, weighted", made=base, weights=WEIGHTS),
        *(Arm(name=made.name, made=made) for made in (kept, *others)),
    )
