"""How variations are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from vae.decode.decoding import Decoding

NAMES, TERMS = "names", "terms"
KEEPABLE = (NAMES, TERMS)
"""What an edit may be told to leave alone: words with a capital of their own; rare words that a text repeats."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Where new latents come from, how much of the words is to change, and how they are decoded.

    Attributes:
        strategy: a name of `vae.latent.strategies.STRATEGIES`.
        change: the share of words that may change, at most, in the segments that are varied.
        at_least: the least probability that people accept an edit where it stands; 0 takes any.
        seed: another one, other variations.
        decoding: how pieces are chosen, and which words may not be.
        vary_share: the share of a text's segments that are varied.
        keep: what of KEEPABLE stays.
        required: words that stay where they stand.
        partners: a folder of latents, for interpolate and attribute.
        partner: the post to interpolate to; None for the nearest segment of the same category.
        attribute: the category to go to, by `strength` of the step, 0 to 1.
        labels: (table, name) pairs that texts are decoded with, by a model trained with them.
        near_texts: latents are held to within `radius` of one of these, root mean square over dimensions.
        bounds: smallest and largest value of a latent in each dimension.
    """

    strategy: str = "neighbour"
    change: float = 0.25
    at_least: float = 0.4
    seed: int = 0
    decoding: Decoding = field(default_factory=Decoding)
    vary_share: float = 1.0
    keep: frozenset[str] = frozenset(KEEPABLE)
    required: tuple[str, ...] = ()
    partners: str | None = None
    partner: str | None = None
    attribute: str | None = None
    strength: float = 0.5
    labels: tuple[tuple[str, str], ...] = ()
    near_texts: tuple[str, ...] = ()
    radius: float | None = None
    bounds: tuple[float, float] | None = None
