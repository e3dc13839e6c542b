"""Which candidates are taken: those that every rule keeps, and of a post's the best and most different ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.errors import UserError
from pipelines.filters.all_rules import decide, load_rules, load_selection, settings_of
from pipelines.filters.selection import quality, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Judgement, Rule
    from pipelines.filters.selection import Selection

Scores = Mapping[str, float | None]
"""By rule, what it measured of a candidate."""


@dataclass(frozen=True, kw_only=True)
class Judging:
    """The rules, how one chooses among the candidates that pass them, and how many of each post are taken."""

    rules: tuple[Rule, ...]
    selection: Selection
    per_post: int


def judging_of(filters: str | None, *, per_post: int) -> Judging:
    """What a rules file, None for the defaults, and --per-post ask for. Raises UserError."""
    if per_post < 1:
        raise UserError(f"--per-post {per_post}: ask for at least one variation")
    return Judging(rules=load_rules(filters), selection=load_selection(filters), per_post=per_post)


def judging_settings(judging: Judging) -> dict[str, Any]:
    """As plain data, for the manifest."""
    return {"filters": settings_of(judging.rules, judging.selection), "per_post": judging.per_post}


def failures(scores: Scores, rules: Sequence[Rule]) -> list[Judgement]:
    """The judgements against a candidate; it passes where there are none."""
    return [judgement for judgement in decide(scores, rules) if not judgement.kept]


def pick(texts: Sequence[str], scores: Sequence[Scores], judging: Judging) -> list[int]:
    """The places of the candidates taken, best first, of those of one post that passed."""
    selection = judging.selection
    return select(
        texts,
        [quality(each) for each in scores],
        judging.per_post,
        balance=selection.balance,
        most_alike=selection.most_alike,
    )
