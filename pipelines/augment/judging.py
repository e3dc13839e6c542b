"""Decides which candidates become variations: every rule must keep them, and the best of a post's are picked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.errors import UserError
from pipelines.filters.all_rules import failures, filter_settings, load_rules, load_selection
from pipelines.filters.selection import quality, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Judgement, Rule
    from pipelines.filters.selection import Selection

Scores = Mapping[str, float | None]
"""What each rule measured of a candidate, by the rule's name."""


@dataclass(frozen=True, kw_only=True)
class Judging:
    """The rules, the settings of the selection, and the number of variations wanted of each post."""

    rules: tuple[Rule, ...]
    selection: Selection
    per_post: int

    def failures(self, scores: Scores) -> list[Judgement]:
        """The judgements against a candidate; it passes if there are none."""
        return failures(scores, self.rules)

    def pick(self, texts: Sequence[str], scores: Sequence[Scores]) -> list[int]:
        """The indices of the candidates that are taken, best first, among those of one post that passed."""
        return select(
            texts,
            [quality(of_candidate) for of_candidate in scores],
            self.per_post,
            balance=self.selection.balance,
            most_alike=self.selection.most_alike,
        )

    def settings(self) -> dict[str, Any]:
        """Rules, selection and number as plain data, for the manifest."""
        return {"filters": filter_settings(self.rules, self.selection), "per_post": self.per_post}


def load_judging(filters: str | None, *, per_post: int) -> Judging:
    """The judging that a rules file (None: the defaults) and --per-post ask for. Raises UserError."""
    if per_post < 1:
        raise UserError(f"--per-post {per_post}: ask for at least one variation")
    return Judging(rules=load_rules(filters), selection=load_selection(filters), per_post=per_post)
