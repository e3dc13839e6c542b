from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.errors import UserError
from pipelines.filters.rule import plain_settings, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class External:
    """Kept if the score that a function of yours gives lies within minimum and maximum; None is no bound.

    `function` is the function's path, `package.module:function`. The function is called with a list of (source, text)
    pairs of whole posts. It returns a list with a number for each pair, or None for a text that it cannot score.

    Raises:
        UserError: there is no such function, or it returns something else when it is called.
    """

    name: ClassVar[str] = "external"
    function: str
    minimum: float | None = None
    maximum: float | None = None
    reads_source: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _imported(self.function)

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The scores that the function gives. Raises UserError if they are not a number or None for each text."""
        if not candidates:
            return []
        scores = [*_imported(self.function)([(candidate.source, candidate.text) for candidate in candidates])]
        if len(scores) != len(candidates):
            raise UserError(f"{self.function} gave {len(scores)} scores for {len(candidates)} texts")
        return [self._checked(score) for score in scores]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text whose score is within the bounds."""
        return within(self.name, value, what=f"score of {self.function}", minimum=self.minimum, maximum=self.maximum)

    def measures_as(self, earlier: Mapping[str, Any]) -> bool:
        """Whether function and bounds are those of the earlier settings."""
        return plain_settings(self) == earlier

    def _checked(self, score: Any) -> float | None:
        try:
            number = None if score is None else float(score)
        except (TypeError, ValueError) as error:
            raise UserError(f"{self.function} gave {score!r}, which is no number") from error
        if number is not None and not isfinite(number):
            raise UserError(f"{self.function} gave {score!r}; give None for a text without a score")
        return number


@cache
def _imported(path: str) -> Callable[[list[tuple[str, str]]], Any]:
    module, _, name = path.partition(":")
    try:
        function: Callable[[list[tuple[str, str]]], Any] = getattr(import_module(module), name)
    except Exception as error:  # whatever the module raises as it is imported
        raise UserError(f"{path!r} cannot be imported: {error}; name it package.module:function") from error
    return function
