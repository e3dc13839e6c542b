"""How probably people accept words in the place of others: weighted features, learned from people's judgements."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vae.language.sentence_encoder import SentenceEncoder
from vae.variation.replacement_features import (
    LEXICON,
    MODEL,
    NAMED,
    READER,
    REWORDED,
    by_lexicon,
    by_model,
    by_people,
    by_reader,
    by_revisions,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from vae.language.human_substitutes import HumanSubstitutes
    from vae.language.language import Language
    from vae.variation.replacement import Replacement

RANKER_FORMAT = "blogvae-ranker/1"
RANKER_FILE = Path(__file__).parent / "rankers" / "swords.json"
"""The weights that ship, with what they were learned from; `train_ranker` writes them."""

READ_LANGUAGE = "en"
"""The language that the sentence encoder reads."""

RANKER_COLUMNS: dict[str, tuple[str, ...]] = {
    "vectors": MODEL,
    "cheap": (*MODEL, *REWORDED, *LEXICON, *NAMED),
    "full": (*MODEL, *REWORDED, *LEXICON, *NAMED, *READER),
}
"""What each ranker weighs: of a language of which nothing is known; of one with a lexicon; with an encoder too."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A logistic regression: a constant, and weights by the name of a feature."""

    constant: float
    weights: Mapping[str, float]

    def logits(self, rows: NDArray[np.float64], columns: Sequence[str]) -> NDArray[np.float64]:
        """Logits (n,) of rows of features (n, columns)."""
        found: NDArray[np.float64] = self.constant + rows @ np.array([self.weights[name] for name in columns])
        return found


@dataclass(frozen=True)
class Ranker:
    """Weighs replacements in texts of a language; each number is a probability that people accept one.

    To accept is what at least half of ten judges of SWORDS (Lee et al. 2021) do.
    """

    language: Language
    rankers: Mapping[str, Weights]

    @classmethod
    def of(cls, language: Language) -> Ranker:
        """The ranker that ships, for a language."""
        return cls(language, read_ranker(RANKER_FILE))

    def cheap(self, words: Sequence[str], replacements: Sequence[Replacement]) -> NDArray[np.float64]:
        """Probabilities (n,) of replacements of the words of a text, by all that takes no reading of it."""
        return self._weighed("cheap" if self.language.knows_words else "vectors", words, replacements)

    def full(self, words: Sequence[str], replacements: Sequence[Replacement]) -> NDArray[np.float64]:
        """Probabilities (n,) by all there is: in English the encoder reads each where it would stand.

        Raises:
            UserError: a file of the encoder is missing or not the one that ships.
        """
        if self.language.code != READ_LANGUAGE or not self.language.knows_words:
            return self.cheap(words, replacements)
        return self._weighed("full", words, replacements)

    def _weighed(self, name: str, words: Sequence[str], replacements: Sequence[Replacement]) -> NDArray[np.float64]:
        if not replacements:
            return np.zeros(0)
        rows = replacement_features(name, words, replacements, self.language)
        found: NDArray[np.float64] = 1 / (1 + np.exp(-self.rankers[name].logits(rows, RANKER_COLUMNS[name])))
        return found


def replacement_features(
    name: str,
    words: Sequence[str],
    replacements: Sequence[Replacement],
    language: Language,
    named: HumanSubstitutes | None = None,
) -> NDArray[np.float64]:
    """What the ranker of a name weighs: (n, COLUMNS[name]). `named` as in `by_people`."""
    columns = [by_model(replacements)]
    if name != "vectors":
        columns += [by_revisions(words, replacements, language), by_lexicon(words, replacements, language)]
        columns.append(by_people(words, replacements, language, named))
    if name == "full":
        columns.append(by_reader(words, replacements, SentenceEncoder.load()))
    return np.concatenate(columns, 1)


@lru_cache(maxsize=4)
def read_ranker(file: Path) -> dict[str, Weights]:
    """The rankers of a file, by name.

    Raises:
        ValueError: it is of another format, or weighs other features than there are.
    """
    told = json.loads(file.read_text(encoding="utf-8"))
    if told["format"] != RANKER_FORMAT:
        raise ValueError(f"{file}: {told['format']}, not {RANKER_FORMAT}")
    found = {name: Weights(**each) for name, each in told["rankers"].items()}
    for name, columns in RANKER_COLUMNS.items():
        if set(found[name].weights) != set(columns):
            raise ValueError(f"{file}: the ranker {name} weighs other features; make it anew with train_ranker")
    return found
