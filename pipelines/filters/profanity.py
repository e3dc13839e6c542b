from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Profanity:
    """Kept if at most maximum words of the text, but of the source, stand in the list at `words`.

    One word a line, whatever the case. Looked up word by word, so thousands cost no more than a few; phrases are for
    `banned_words`.

    Raises:
        UserError: the file cannot be read.
    """

    name: ClassVar[str] = "profanity"
    words: str
    maximum: float = 0

    def __post_init__(self) -> None:
        _listed(self.words)

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """How many listed words the source does not hold, each as often as it stands."""
        listed = _listed(self.words)
        return [float(_new(each, listed)) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether the text is fit to print."""
        return within(self.name, value, what="listed words that the source does not hold", maximum=self.maximum)


def _new(candidate: Candidate, listed: frozenset[str]) -> int:
    words = words_of(candidate.text)
    new = listed.intersection(words).difference(words_of(candidate.source))
    return sum(word in new for word in words) if new else 0


@cache
def _listed(path: str) -> frozenset[str]:
    try:
        with FileSystems.open(path) as file:
            return frozenset(file.read().decode("utf-8").casefold().split())
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}; name a file with one word a line") from error
