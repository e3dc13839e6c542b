"""Tunes other systems until each changes as many words as ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from quality_systems import STOP_WORDS, aeda, eda, nlpaug, synonyms, vary_by

from vae.variation.change import changed_words

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from quality_posts import Passages
    from quality_systems import Maker

LEAST, MOST = 0.001, 0.95
"""Bounds of a system's parameter: a share of words, or for EDA and AEDA of operations and marks."""

NEAR = 0.01
"""How near the share of changed words must come to the requested one."""

HALVINGS = 20

_WORD = re.compile(r"(?<!\S)([^\w\s]*)([A-Za-z]+)([^\w\s]*)(?!\S)")


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """A system's variations by post, with its parameter at `share`; they change the share `changed` of the words.

    `reached` says whether that is near enough to the requested change.
    """

    name: str
    share: float
    changed: float
    reached: bool
    variations: list[list[Passages]]


def synonym_replacement(share: float) -> Maker:
    """Replaces words by synonyms as EDA's first operation does, but keeps their case and the marks around them.

    nlpaug's own synonyms need NLTK's data, which no package carries; they come from the same WordNet.
    """

    def seeded(rng: random.Random) -> Callable[[str, int], list[str]]:
        def replaced(match: re.Match[str]) -> str:
            before, word, after = match.groups()
            candidates = () if word.lower() in STOP_WORDS else synonyms(word.lower())
            if not candidates or rng.random() >= share:
                return match[0]
            other = rng.choice(candidates)
            return before + (other.capitalize() if word[0].isupper() else other) + after

        return lambda passage, count: [_WORD.sub(replaced, passage) for _ in range(count)]

    return seeded


_AT_SPACES = {"tokenizer": str.split, "reverse_tokenizer": " ".join}
"""Makes nlpaug cut at spaces; its own tokenizer separates marks, which alone changes a quarter of the words."""

PEERS: dict[str, Callable[[float], Maker]] = {
    "nlpaug swap": partial(nlpaug, "swap"),
    "nlpaug swap, cut at spaces": partial(nlpaug, "swap", **_AT_SPACES),
    "nlpaug delete": partial(nlpaug, "delete"),
    "nlpaug delete, cut at spaces": partial(nlpaug, "delete", **_AT_SPACES),
    "WordNet synonyms": synonym_replacement,
    "EDA": eda,
    "AEDA": aeda,
}


def tuned(name: str, posts: list[Passages], *, change: float, count: int, seed: int) -> Tuned:
    """Finds by bisection the parameter at which the system changes this share of words, or takes the nearer bound."""

    def at(share: float) -> Tuned:
        variations = vary_by(PEERS[name](share), posts, count=count, seed=seed)
        changed = mean_change(posts, variations)
        reached = abs(changed - change) <= NEAR
        return Tuned(name=name, share=share, changed=changed, reached=reached, variations=variations)

    low, high = LEAST, MOST
    ends = at(low), at(high)
    best = min(ends, key=lambda end: abs(end.changed - change))
    if not ends[0].changed < change < ends[1].changed:
        return best
    for _ in range(HALVINGS):
        if best.reached:
            break
        best = at((low + high) / 2)
        low, high = (best.share, high) if best.changed < change else (low, best.share)
    return best


def mean_change(posts: Sequence[Passages], variations_of: Sequence[Sequence[Passages]]) -> float:
    """Returns the share of changed words, the mean over the variations of a post and then over posts."""
    return float(
        np.mean(
            [
                np.mean([changed_words("\n".join(source), "\n".join(varied)) for varied in variations])
                for source, variations in zip(posts, variations_of, strict=True)
            ]
        )
    )
