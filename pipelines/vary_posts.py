"""Posts to accepted variations and rejects: candidates are made, judged, and made again while some are missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.assemble import Assembled, PostPlan, assemble, plan_post
from pipelines.filters.engine import judge
from pipelines.filters.rule import Candidate
from pipelines.posts import EXCERPT_CHARACTERS
from vae.variation import Sampling, vary_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Judgement, Rule
    from vae.text_vae import TextVAE

CANDIDATES = 4
"""Candidates made at most for every variation asked for."""

METADATA = ("title", "author", "date", "category", "tags", "language")


@dataclass(frozen=True, kw_only=True)
class VaryPlan:
    """How many variations of each post, from where, and what they must pass."""

    per_post: int
    sampling: Sampling
    rules: tuple[Rule, ...]


@dataclass
class Outcome:
    """Rows for the variations and rejects files, and how many candidates were made."""

    variations: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    candidates: int = 0


@dataclass
class _Open:
    """A post on its way: what was accepted so far, and how often each rule failed it."""

    plan: PostPlan
    source: str
    accepted: list[str] = field(default_factory=list)
    made: int = 0
    failed: Counter[str] = field(default_factory=Counter)


def vary_posts(posts: Sequence[dict[str, Any]], model: TextVAE, plan: VaryPlan) -> Outcome:
    """Varies rows of posts/; the same outcome for the same posts, model and plan."""
    outcome = Outcome()
    waiting: list[_Open] = []
    for post in posts:
        planned = plan_post(post, model)
        # An unvaried assembly is what candidates are compared with: a model of whole posts sees their words alone.
        opened = _Open(planned, assemble(planned, [segment.text for segment in planned.segments]).text)
        waiting.append(opened)
    while missing := [each for each in waiting if _next_candidates(each, plan)]:
        wanted = [(each, each.made + n) for each in missing for n in range(_next_candidates(each, plan))]
        varied = vary_texts(
            model,
            [each.plan.segments for each, _ in wanted],
            keys=[(each.plan.post["post_id"], number) for each, number in wanted],
            sampling=plan.sampling,
        )
        for (each, number), variation in zip(wanted, varied, strict=True):
            made = assemble(each.plan, variation.segments)
            each.made = number + 1
            outcome.candidates += 1
            judgements = judge(
                Candidate(
                    source=each.source,
                    text=made.text,
                    change=made.change,
                    accepted=tuple(each.accepted),
                    protects=model.tokenizer.protects,
                ),
                plan.rules,
            )
            failed = [judgement for judgement in judgements if not judgement.kept]
            if failed:
                each.failed.update(judgement.rule for judgement in failed)
                outcome.rejects.append(_reject(each, number, made, failed))
            else:
                each.accepted.append(made.text)
                scores = {judgement.rule: judgement.value for judgement in judgements}
                outcome.variations.append(_variation(each, made, scores, plan.sampling, model.sha256))
    outcome.rejects.extend(_shortfall(each, plan) for each in waiting if len(each.accepted) < plan.per_post)
    return outcome


def _next_candidates(each: _Open, plan: VaryPlan) -> int:
    """One for every variation that is missing, within the limit."""
    if not each.plan.can_vary:
        return 0
    return min(plan.per_post - len(each.accepted), plan.per_post * CANDIDATES - each.made)


def _variation(
    each: _Open, made: Assembled, scores: dict[str, float], sampling: Sampling, model_sha256: str
) -> dict[str, Any]:
    post, variant = each.plan.post, len(each.accepted)
    return {
        "variation_id": f"{post['post_id']}~v{variant}",
        "post_id": post["post_id"],
        "variant": variant,
        "text": made.text,
        **{name: post[name] for name in METADATA},
        "strategy": sampling.strategy,
        "seed": sampling.seed,
        "change_requested": sampling.change,
        "change_measured": made.change,
        "scores": scores,
        "segments_changed": made.segments_changed,
        "model_sha256": model_sha256,
    }


def _reject(each: _Open, number: int, made: Assembled, failed: list[Judgement]) -> dict[str, Any]:
    return {
        "source": each.plan.post["source"],
        "position": number + 1,
        "post_id": each.plan.post["post_id"],
        "stage": "candidate",
        "reason": "; ".join(judgement.reason for judgement in failed),
        "value": " | ".join(f"{judgement.value:.4g}" for judgement in failed),
        "threshold": " | ".join(f"{judgement.threshold:.4g}" for judgement in failed),
        "excerpt": made.text[:EXCERPT_CHARACTERS],
        "rule": " | ".join(judgement.rule for judgement in failed),
    }


def _shortfall(each: _Open, plan: VaryPlan) -> dict[str, Any]:
    """The line that says why a post has fewer variations than asked."""
    if each.plan.can_vary:
        often = ", ".join(f"{rule} {count}" for rule, count in each.failed.most_common())
        reason = (
            f"{len(each.accepted)} of {plan.per_post} variations after {each.made} candidates (rejected by: {often})"
        )
    else:
        reason = "no segment of this post may be varied: it holds no paragraph, list or quote of words"
    return {
        "source": each.plan.post["source"],
        "position": 0,
        "post_id": each.plan.post["post_id"],
        "stage": "post",
        "reason": reason,
        "value": str(len(each.accepted)),
        "threshold": str(plan.per_post),
        "excerpt": each.source[:EXCERPT_CHARACTERS],
        "rule": "shortfall",
    }
