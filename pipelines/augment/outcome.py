"""Tells in plain sentences what a run accepted, why it rejected the rest, and what to look at next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def outcome(metrics: Mapping[str, Any]) -> str:
    """What was accepted and why the rest was not, from the metrics.json of a variations folder."""
    return " ".join(sentence for sentence in (_accepted(metrics), _short(metrics), _rejected(metrics)) if sentence)


def next_look(variations: str) -> str:
    """The command that shows the candidates of the folder `variations` beside their posts."""
    return f"read them: blogvae report --variations {shlex.quote(variations)} --output report.html"


def _accepted(metrics: Mapping[str, Any]) -> str:
    if not metrics["candidates"]:
        return f"No candidate was made of {metrics['posts']:,} posts; rejects/ tells why."
    if not metrics["accepted"]:
        return f"None of {metrics['candidates']:,} candidates was accepted."
    return (
        f"Accepted {metrics['accepted']:,} of {metrics['candidates']:,} candidates; on average "
        f"{metrics['change_measured']:.0%} of their words changed, of {metrics['change_requested']:.0%} allowed."
    )


def _short(metrics: Mapping[str, Any]) -> str:
    # A folder of an earlier release does not count these posts.
    short = metrics.get("posts_short")
    return f"{short:,} of {metrics['posts']:,} posts have fewer variations than asked." if short else ""


def _rejected(metrics: Mapping[str, Any]) -> str:
    by_rule = sorted(metrics["rejected_by_rule"].items(), key=lambda pair: (-pair[1], pair[0]))
    if not metrics["rejected"]:
        return ""
    reasons = ", ".join(f"{rule} {count:,}" for rule, count in by_rule)
    several = " (some by several rules)" if sum(count for _, count in by_rule) > metrics["rejected"] else ""
    return f"Rejected {metrics['rejected']:,}{several}: {reasons}."
