"""Ranks replacements by the probability that people accept them: logistic regressions, learned from judgements."""

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
"""The weights that ship, and their sources; `train_ranker` writes the file."""

READ_LANGUAGE = "en"
"""The language that the sentence encoder reads."""

RANKER_COLUMNS: dict[str, tuple[str, ...]] = {
    "vectors": MODEL,
    "cheap": (*MODEL, *REWORDED, *LEXICON, *NAMED),
    "full": (*MODEL, *REWORDED, *LEXICON, *NAMED, *READER),
}
"""The features of each ranker: "vectors" for languages of which no words are known, "cheap" for those with a lexicon,
"full" for those that the sentence encoder reads too."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The constant of a logistic regression, and its weights by the name of the feature."""

    constant: float
    weights: Mapping[str, float]

    def logits(self, rows: NDArray[np.float64], columns: Sequence[str]) -> NDArray[np.float64]:
        """Returns logits (n,) of rows of features (n, columns)."""
        logits: NDArray[np.float64] = self.constant + rows @ np.array([self.weights[name] for name in columns])
        return logits


@dataclass(frozen=True)
class Ranker:
    """Weighs replacements in texts of a language: returns for each the probability that people accept it.

    People accept a replacement if at least half of the ten judges do, as in SWORDS (Lee et al. 2021).
    """

    language: Language
    rankers: Mapping[str, Weights]

    @classmethod
    def of(cls, language: Language) -> Ranker:
        """Returns the ranker that ships, for a language."""
        return cls(language, read_ranker(RANKER_FILE))

    def cheap(self, words: Sequence[str], replacements: Sequence[Replacement]) -> NDArray[np.float64]:
        """Returns probabilities (n,) of replacements of the words of a text, without reading it by the encoder."""
        return self._weighed("cheap" if self.language.knows_words else "vectors", words, replacements)

    def full(self, words: Sequence[str], replacements: Sequence[Replacement]) -> NDArray[np.float64]:
        """Returns probabilities (n,) of replacements by all features; in English the encoder reads each in place.

        Raises:
            UserError: a file of the encoder is missing, or is not the one that ships.
        """
        if self.language.code != READ_LANGUAGE or not self.language.knows_words:
            return self.cheap(words, replacements)
        return self._weighed("full", words, replacements)

    def _weighed(self, name: str, words: Sequence[str], replacements: Sequence[Replacement]) -> NDArray[np.float64]:
        if not replacements:
            return np.zeros(0)
        rows = replacement_features(name, words, replacements, self.language)
        probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-self.rankers[name].logits(rows, RANKER_COLUMNS[name])))
        return probabilities


def replacement_features(
    name: str,
    words: Sequence[str],
    replacements: Sequence[Replacement],
    language: Language,
    named: HumanSubstitutes | None = None,
) -> NDArray[np.float64]:
    """Returns the features of the ranker of this name, (n, RANKER_COLUMNS[name]); `named` is as in `by_people`."""
    columns = [by_model(replacements)]
    if name != "vectors":
        columns += [by_revisions(words, replacements, language), by_lexicon(words, replacements, language)]
        columns.append(by_people(words, replacements, language, named))
    if name == "full":
        columns.append(by_reader(words, replacements, SentenceEncoder.load()))
    return np.concatenate(columns, 1)


@lru_cache(maxsize=4)
def read_ranker(file: Path) -> dict[str, Weights]:
    """Reads the rankers of a file, by name.

    Raises:
        ValueError: the file is of another format, or a ranker weighs other features than RANKER_COLUMNS names.
    """
    content = json.loads(file.read_text(encoding="utf-8"))
    if content["format"] != RANKER_FORMAT:
        raise ValueError(f"{file}: {content['format']}, not {RANKER_FORMAT}")
    rankers = {name: Weights(**weights) for name, weights in content["rankers"].items()}
    for name, columns in RANKER_COLUMNS.items():
        if set(rankers[name].weights) != set(columns):
            raise ValueError(f"{file}: the ranker {name} weighs other features; make it anew with train_ranker")
    return rankers
