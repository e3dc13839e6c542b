"""Holds the settings of variations."""

from __future__ import annotations

from dataclasses import dataclass, field

from vae.decode.decoding import Decoding

NAMES, TERMS = "names", "terms"
KEEPABLE = (NAMES, TERMS)
"""Kinds of words that may be kept from edits: words with a capital of their own, and content words that a text repeats
often."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How variations are made: where new latents go, how many words may change, and how pieces are chosen.

    Attributes:
        strategy: a name of `vae.latent.strategies.STRATEGIES`.
        change: the largest share of words that may change in the segments that are varied.
        at_least: the least probability that people accept an edit in its place; 0 takes any edit.
        seed: another seed gives other variations.
        decoding: how pieces are chosen, and which words are banned.
        vary_share: the share of a text's segments that are varied.
        keep: which of KEEPABLE stay.
        required: words and phrases whose words stay where they stand.
        partners: a folder of latents, for the strategies interpolate and attribute.
        partner: the post to interpolate to; None for the nearest segment of the same category.
        attribute: the category to go to.
        strength: how much of the direction to the attribute is added to a latent, 0 to 1.
        labels: (table, name) pairs that texts are decoded with, for a model trained with labels.
        near_texts: texts; every latent stays within `radius` of that of one of them.
        radius: a root mean square over dimensions.
        bounds: the smallest and the largest value of a latent in each dimension.
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
