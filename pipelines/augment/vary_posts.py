"""Posts to candidates: they are made, measured, and made again while too few of a post's pass the rules."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.augment.candidate_tables import ERROR, NO_MORE, SHORTFALL
from pipelines.augment.judging import Judging, failures, pick
from pipelines.augment.post_segments import Assembled, PostPlan, assemble, plan_post
from pipelines.augment.shrinking_groups import Failure, Groups
from pipelines.filters.all_rules import measure_all
from pipelines.filters.rule import Candidate
from vae.language.identify import UNDETERMINED
from vae.variation.varier import Varier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.text_vae import TextVAE
    from vae.variation.sampling import Sampling
    from vae.variation.variation import Variation

CANDIDATES = 4
"""Candidates made at most for every variation asked for, and the most made at once for one that is missing."""


@dataclass(frozen=True, kw_only=True)
class VaryPlan:
    """Where variations come from, and what they must pass."""

    sampling: Sampling
    judging: Judging


@dataclass(frozen=True, kw_only=True)
class Made:
    """A candidate, what the rules measured of it, and whether all keep it."""

    assembled: Assembled
    scores: dict[str, float | None]
    passed: bool


@dataclass
class Varied:
    """A post and its candidates in order; `rule` and `reason` say why there are none, or no more than these."""

    post: dict[str, Any]
    made: list[Made] = field(default_factory=list)
    rule: str = ""
    reason: str = ""


@dataclass
class _Open:
    """A post that may be varied: `source` is what candidates are compared with, `missing` variations it lacks."""

    varied: Varied
    plan: PostPlan
    source: str
    missing: int


class _Asked(NamedTuple):
    opened: _Open
    number: int


def vary_posts(posts: Sequence[dict[str, Any]], model: TextVAE, plan: VaryPlan) -> list[Varied]:
    """Varies rows of posts/; the same outcome for the same posts, model and plan."""
    varied = [Varied(post) for post in posts]
    waiting = _open_posts(varied, model, plan.judging)
    make = Groups(_Maker(model, plan), size=len(varied), name=lambda asked: _named(asked[0].varied))
    while asked := _ask(waiting, plan.judging):
        for (each, _), made in zip(asked, make(asked), strict=True):
            _take(each, made, plan.judging)
    return varied


def _open_posts(varied: Sequence[Varied], model: TextVAE, judging: Judging) -> list[_Open]:
    """Those that can vary; the others are told why not."""

    def open_each(group: Sequence[Varied]) -> list[_Open]:
        plans = [plan_post(each.post, model) for each in group]
        # An unvaried assembly is what candidates are compared with: a model of whole posts sees their words alone.
        sources = [assemble(plan, [segment.text for segment in plan.segments]).text for plan in plans]
        return [_Open(*each, judging.per_post) for each in zip(group, plans, sources, strict=True)]

    waiting = []
    for each, opened in zip(varied, Groups(open_each, size=len(varied), name=_named)(varied), strict=True):
        if isinstance(opened, Failure):
            each.rule, each.reason = ERROR, opened.reason
        elif not opened.plan.can_vary:
            each.rule = SHORTFALL
            each.reason = "no segment of this post may be varied: it holds no paragraph, list or quote of words"
        else:
            waiting.append(opened)
    return waiting


def _named(varied: Varied) -> str:
    return f"post {varied.post['post_id']}"


def _ask(waiting: Sequence[_Open], judging: Judging) -> list[_Asked]:
    """What each post lacks, divided by the share of all their candidates that passed so far, 1/CANDIDATES at least."""
    candidates = [made for each in waiting for made in each.varied.made]
    share = Fraction(sum(made.passed for made in candidates), len(candidates)) if candidates else Fraction(1)
    asked = []
    for each in waiting:
        room = judging.per_post * CANDIDATES - len(each.varied.made)
        count = min(room, math.ceil(each.missing / max(share, Fraction(1, CANDIDATES))))
        if count:
            asked.append(_Asked(each, count))
    return asked


class _Outcome(NamedTuple):
    """Candidates of a post; `why_no_more` says why there are fewer than asked for, "" where there are as many."""

    made: list[Made]
    why_no_more: str


class _Maker:
    """Makes the candidates asked for, and measures them."""

    def __init__(self, model: TextVAE, plan: VaryPlan) -> None:
        self._model, self._rules = model, plan.judging.rules
        self._vary = Varier(model, plan.sampling)

    def __call__(self, asked: Sequence[_Asked]) -> list[_Outcome]:
        wanted = [(each, len(each.varied.made) + place) for each, count in asked for place in range(count)]
        varied = iter(
            self._vary(
                [each.plan.segments for each, _ in wanted],
                keys=[(each.varied.post["post_id"], number) for each, number in wanted],
                categories=[next(iter(each.varied.post["category"]), "") for each, _ in wanted],
                languages=[_language(each.varied.post) for each, _ in wanted],
            )
        )
        had = [_had([next(varied) for _ in range(count)]) for _, count in asked]
        usable = [(each, one) for (each, _), (variations, _) in zip(asked, had, strict=True) for one in variations]
        made = iter(self._measured(usable))
        return [_Outcome([next(made) for _ in variations], why) for variations, why in had]

    def _measured(self, varied: Sequence[tuple[_Open, Variation]]) -> list[Made]:
        assembled = [assemble(each.plan, one.segments, edits=one.edits) for each, one in varied]
        candidates = [self._candidate(each, text) for (each, _), text in zip(varied, assembled, strict=True)]
        scores = measure_all(candidates, self._rules, self._model)
        return [
            Made(assembled=text, scores=measured, passed=not failures(measured, self._rules))
            for text, measured in zip(assembled, scores, strict=True)
        ]

    def _candidate(self, each: _Open, made: Assembled) -> Candidate:
        tokenizer = self._model.tokenizer
        return Candidate(
            source=each.source,
            text=made.text,
            change=made.change,
            segments=tuple(
                (segment.protected.masked, tokenizer.protect(text).masked)
                for segment, text in zip(each.plan.segments, made.segments, strict=True)
                if segment.ids
            ),
            language=each.varied.post["language"],
            protects=tokenizer.protects,
        )


def _had(variations: Sequence[Variation]) -> tuple[list[Variation], str]:
    """The variations up to the first that has no edit, and why that one has none: there is no more to be had."""
    made = list(takewhile(lambda one: one.edits or not one.why_short, variations))
    return made, variations[len(made)].why_short if len(made) < len(variations) else ""


def _language(post: dict[str, Any]) -> str:
    return "" if post["language"] in {None, UNDETERMINED} else str(post["language"])


def _take(each: _Open, outcome: _Outcome | Failure, judging: Judging) -> None:
    varied = each.varied
    if isinstance(outcome, Failure):
        varied.rule, varied.reason, each.missing = ERROR, outcome.reason, 0
        return
    varied.made += outcome.made
    passed = [candidate for candidate in varied.made if candidate.passed]
    picked = pick([each.assembled.text for each in passed], [each.scores for each in passed], judging)
    each.missing = judging.per_post - len(picked)
    if outcome.why_no_more and each.missing:
        varied.rule, each.missing = SHORTFALL, 0
        varied.reason = f"{NO_MORE if varied.made else ''}{outcome.why_no_more}"
