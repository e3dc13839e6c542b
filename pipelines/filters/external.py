from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.errors import UserError
from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class External:
    """Kept if the score that a function of yours gives lies within minimum and maximum; None is no bound.

    `function` is its path, `package.module:function`. It is given a list of (source, text), whole posts, and gives a
    list of as many numbers, None for a text it has no score for.

    Raises:
        UserError: there is no such function, or, as it measures, it gives no such list.
    """

    name: ClassVar[str] = "external"
    function: str
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        _found(self.function)

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """What the function says."""
        if not candidates:
            return []
        given = [*_found(self.function)([(each.source, each.text) for each in candidates])]
        if len(given) != len(candidates):
            raise UserError(f"{self.function} gave {len(given)} scores for {len(candidates)} texts")
        return [self._checked(score) for score in given]

    def verdict(self, value: float) -> Judgement:
        """Whether the score is within bounds."""
        return within(self.name, value, what=f"score of {self.function}", minimum=self.minimum, maximum=self.maximum)

    def _checked(self, score: Any) -> float | None:
        try:
            number = None if score is None else float(score)
        except (TypeError, ValueError) as error:
            raise UserError(f"{self.function} gave {score!r}, which is no number") from error
        if number is not None and not isfinite(number):
            raise UserError(f"{self.function} gave {score!r}; give None for a text without a score")
        return number


@cache
def _found(path: str) -> Callable[[list[tuple[str, str]]], Any]:
    module, _, name = path.partition(":")
    try:
        function: Callable[[list[tuple[str, str]]], Any] = getattr(import_module(module), name)
    except Exception as error:  # whatever the module raises as it is imported
        raise UserError(f"{path!r} cannot be imported: {error}; name it package.module:function") from error
    return function
