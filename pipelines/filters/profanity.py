from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import unusable
from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import folded_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Profanity:
    """Kept if the text holds at most maximum words of a list that the source does not hold.

    `words` is the path of the list: one word a line, whatever its case. The text is looked up word by word, so
    thousands of words cost no more than a few; phrases are for `banned_words`.

    Raises:
        UserError: the file cannot be read.
    """

    name: ClassVar[str] = "profanity"
    reads_source: ClassVar[bool] = True
    words: str
    maximum: float = 0

    def __post_init__(self) -> None:
        _ = self.listed

    @cached_property
    def listed(self) -> frozenset[str]:
        """The words. They are read where the job starts, and travel to the workers with the rule."""
        return _listed(self.words)

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The number of listed words that the source does not hold; a word that stands twice counts twice."""
        return [float(_count_new(candidate, self.listed)) for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text with at most maximum of them."""
        return within(self.name, value, what="listed words that the source does not hold", maximum=self.maximum)

    def measures_as(self, _earlier: Mapping[str, Any]) -> bool:
        """Returns False: the file of words may have changed since a score was stored."""
        return False


def _count_new(candidate: Candidate, listed: frozenset[str]) -> int:
    words = folded_words(candidate.text)
    new = listed.intersection(words).difference(folded_words(candidate.source))
    return sum(word in new for word in words) if new else 0


@cache
def _listed(path: str) -> frozenset[str]:
    try:
        with FileSystems.open(path) as file:
            return frozenset(file.read().decode("utf-8").casefold().split())
    except (OSError, ValueError) as error:
        raise unusable(f"{path} cannot be read: {error}; name a file with one word a line", error) from error
