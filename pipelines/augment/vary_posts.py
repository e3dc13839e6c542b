"""Makes candidates of posts and measures them, and makes more while too few of a post's pass the rules."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.augment.candidate_tables import ERROR, NO_MORE, SHORTFALL
from pipelines.augment.post_segments import AssembledPost, SegmentedPost, assemble_post, segment_post
from pipelines.augment.shrinking_groups import Failure, ShrinkingGroups
from pipelines.filters.all_rules import measure_all
from pipelines.filters.rule import Candidate
from vae.language.identify import UNDETERMINED
from vae.variation.variation_maker import VariationMaker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.augment.judging import Judging
    from vae.text_vae import TextVAE
    from vae.variation.sampling import Sampling
    from vae.variation.variation import Variation

MOST_CANDIDATES = 4
"""The most candidates of a post for each variation asked for, and the most made at once for each one missing."""


@dataclass(frozen=True, kw_only=True)
class VaryPlan:
    """How variations are sampled, and how they are judged."""

    sampling: Sampling
    judging: Judging


@dataclass(frozen=True, kw_only=True)
class ScoredCandidate:
    """A candidate, its scores by rule, and whether it passes every rule."""

    assembled: AssembledPost
    scores: dict[str, float | None]
    passed: bool


@dataclass
class VariedPost:
    """A row of posts/ and its candidates in order; `rule` and `reason` say why there are none or no more."""

    post: dict[str, Any]
    candidates: list[ScoredCandidate] = field(default_factory=list)
    rule: str = ""
    reason: str = ""


@dataclass
class _OpenPost:
    """A post that may still get candidates.

    Attributes:
        varied: the post with its candidates so far.
        segmented: the post cut into segments.
        source: the text that candidates are compared with.
        missing: the number of variations that it lacks.
    """

    varied: VariedPost
    segmented: SegmentedPost
    source: str
    missing: int


class _Request(NamedTuple):
    """A post and the number of candidates to make of it."""

    post: _OpenPost
    candidates: int


class _NewCandidates(NamedTuple):
    """New candidates of a post; `why_no_more` says why there are fewer than requested, "" if there are as many."""

    candidates: list[ScoredCandidate]
    why_no_more: str


def vary_posts(
    posts: Sequence[dict[str, Any]], model: TextVAE, plan: VaryPlan, tell: Callable[[int], None] = lambda _: None
) -> list[VariedPost]:
    """Varies rows of posts/. The same posts, model and plan give the same candidates.

    `tell` is called with the number of posts that have a candidate, whenever there is one more.
    """
    varied = [VariedPost(post) for post in posts]
    open_posts = _open_posts(varied, model, plan.judging)
    make = ShrinkingGroups(_Maker(model, plan, tell), size=len(varied), name=lambda request: _name(request.post.varied))
    while requests := _requests(open_posts, plan.judging):
        for request, new in zip(requests, make(requests), strict=True):
            _add(request.post, new, plan.judging)
    return varied


def _open_posts(varied: Sequence[VariedPost], model: TextVAE, judging: Judging) -> list[_OpenPost]:
    """The posts that can be varied; the others get the reason why not."""

    def open_group(group: Sequence[VariedPost]) -> list[_OpenPost]:
        segmented = [segment_post(varied_post.post, model) for varied_post in group]
        # Candidates are compared with the post put together again: a model of whole posts sees its words alone.
        sources = [assemble_post(post, [segment.text for segment in post.segments]).text for post in segmented]
        return [_OpenPost(*parts, judging.per_post) for parts in zip(group, segmented, sources, strict=True)]

    open_posts = []
    handle = ShrinkingGroups(open_group, size=len(varied), name=_name)
    for varied_post, opened in zip(varied, handle(varied), strict=True):
        if isinstance(opened, Failure):
            varied_post.rule, varied_post.reason = ERROR, opened.reason
        elif not opened.segmented.can_vary:
            varied_post.rule = SHORTFALL
            varied_post.reason = "no segment of this post may be varied: it holds no paragraph, list or quote of words"
        else:
            open_posts.append(opened)
    return open_posts


def _name(varied: VariedPost) -> str:
    return f"post {varied.post['post_id']}"


def _requests(open_posts: Sequence[_OpenPost], judging: Judging) -> list[_Request]:
    """For each post the variations it lacks, divided by the share of all candidates that passed so far.

    The share counts as at least 1/MOST_CANDIDATES.
    """
    candidates = [candidate for post in open_posts for candidate in post.varied.candidates]
    passed = sum(candidate.passed for candidate in candidates)
    share = Fraction(passed, len(candidates)) if candidates else Fraction(1)
    requests = []
    for post in open_posts:
        room = judging.per_post * MOST_CANDIDATES - len(post.varied.candidates)
        count = min(room, math.ceil(post.missing / max(share, Fraction(1, MOST_CANDIDATES))))
        if count:
            requests.append(_Request(post, count))
    return requests


class _Maker:
    """Makes and measures the candidates that are requested."""

    def __init__(self, model: TextVAE, plan: VaryPlan, tell: Callable[[int], None]) -> None:
        self._model, self._judging, self._tell = model, plan.judging, tell
        self._made: set[str] = set()
        self._vary = VariationMaker(model, plan.sampling, made=self._count)

    def __call__(self, requests: Sequence[_Request]) -> list[_NewCandidates]:
        wanted = [(post, len(post.varied.candidates) + index) for post, count in requests for index in range(count)]
        variations = iter(
            self._vary(
                [post.segmented.segments for post, _ in wanted],
                keys=[(post.varied.post["post_id"], number) for post, number in wanted],
                categories=[next(iter(post.varied.post["category"]), "") for post, _ in wanted],
                languages=[_language(post.varied.post) for post, _ in wanted],
            )
        )
        usable = [_usable([next(variations) for _ in range(count)]) for _, count in requests]
        pairs = [
            (post, variation) for (post, _), (of_post, _) in zip(requests, usable, strict=True) for variation in of_post
        ]
        scored = iter(self._scored(pairs))
        return [_NewCandidates([next(scored) for _ in of_post], why) for of_post, why in usable]

    def _count(self, post_id: str) -> None:
        if post_id not in self._made:
            self._made.add(post_id)
            self._tell(len(self._made))

    def _scored(self, pairs: Sequence[tuple[_OpenPost, Variation]]) -> list[ScoredCandidate]:
        assembled = [
            assemble_post(post.segmented, variation.segments, edits=variation.edits) for post, variation in pairs
        ]
        candidates = [self._candidate(post, text) for (post, _), text in zip(pairs, assembled, strict=True)]
        scores = measure_all(candidates, self._judging.rules, self._model)
        return [
            ScoredCandidate(assembled=text, scores=of_text, passed=not self._judging.failures(of_text))
            for text, of_text in zip(assembled, scores, strict=True)
        ]

    def _candidate(self, post: _OpenPost, assembled: AssembledPost) -> Candidate:
        tokenizer = self._model.tokenizer
        return Candidate(
            source=post.source,
            text=assembled.text,
            change=assembled.change,
            segments=tuple(
                (segment.protected.masked, tokenizer.protect(text).masked)
                for segment, text in zip(post.segmented.segments, assembled.segments, strict=True)
                if segment.ids
            ),
            language=post.varied.post["language"],
            protects=tokenizer.protects,
        )


def _usable(variations: Sequence[Variation]) -> tuple[list[Variation], str]:
    """The variations before the first one without edits, and why that one has none: no more can be made."""
    usable = list(takewhile(lambda variation: variation.edits or not variation.why_short, variations))
    return usable, variations[len(usable)].why_short if len(usable) < len(variations) else ""


def _language(post: dict[str, Any]) -> str:
    return "" if post["language"] in {None, UNDETERMINED} else str(post["language"])


def _add(post: _OpenPost, new: _NewCandidates | Failure, judging: Judging) -> None:
    """Adds new candidates to a post, and counts the variations that it still lacks; 0 if no more can be made."""
    varied = post.varied
    if isinstance(new, Failure):
        varied.rule, varied.reason, post.missing = ERROR, new.reason, 0
        return
    varied.candidates += new.candidates
    passed = [candidate for candidate in varied.candidates if candidate.passed]
    picked = judging.pick(
        [candidate.assembled.text for candidate in passed], [candidate.scores for candidate in passed]
    )
    post.missing = judging.per_post - len(picked)
    if new.why_no_more and post.missing:
        varied.rule, post.missing = SHORTFALL, 0
        varied.reason = f"{NO_MORE if varied.candidates else ''}{new.why_no_more}"
