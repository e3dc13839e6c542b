"""Writes the results of quality.py: a table, examples side by side, and a plot."""

from __future__ import annotations

import random
from html import escape
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from quality_posts import FEWEST_WORDS, MOST_WORDS, passages_of

if TYPE_CHECKING:
    from pathlib import Path

    from quality_posts import Posts
    from quality_systems import System

EXAMPLES, EXAMPLE_WORDS = 20, range(20, 81)

COLUMNS = {
    "similarity": "embedding similarity",
    "changed": "changed words",
    "self_bleu": "self-BLEU",
    "distinct_1": "distinct-1",
    "distinct_2": "distinct-2",
    "distinct_3": "distinct-3",
    "surprise": "perplexity / source's",
    "surprise_plain": "without links",
    "leaked": "leaking",
    "variations": "of 4",
}


def legend(figures: dict[str, Any]) -> str:
    """Returns the text that explains the columns of the table."""
    judge = figures["language_model"]
    return (
        f"{figures['posts']} test posts of {FEWEST_WORDS} to {MOST_WORDS} words, {figures['words']:,} words in all, "
        f"{figures['wanted']} variations wanted of each. Mean over posts and seeds, and the 95 % interval over posts. "
        "Embeddings: all-MiniLM-L6-v2, passage by passage. Perplexity: a 5-gram model of "
        f"{judge['training_words']:,} words of other validation and test posts, {judge['perplexity_per_word']:,.0f} a "
        f"word and {judge['perplexity_per_piece']:.1f} a piece on the source posts; a URL, number or inline code that "
        "is whole counts as one symbol, one that a system broke is spelt out. Without links: of passages that hold "
        "neither URL nor inline code. Leaking: variations with 12 words in a row of a training post that their source "
        "does not hold. Peers got the passages of a post one by one, so headings, code and paragraph breaks stay.\n\n"
    )


def table(systems: dict[str, dict[str, Any]]) -> str:
    """Returns the figures as a Markdown table."""
    lines = ["| | " + " | ".join(COLUMNS.values()) + " | accepted/s |", "|---" * (len(COLUMNS) + 2) + "|"]
    for name, figures in systems.items():
        cells = [_cell(figures[column]) for column in COLUMNS]
        speed = "" if figures["per_second"] is None else f"{figures['per_second']:,.1f}"
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {speed} |")
    return "\n".join(lines) + "\n"


def _cell(interval: list[float | None]) -> str:
    if interval[0] is None:
        return ""
    digits = 1 if interval[0] >= 10 else 2 if interval[0] >= 1 else 3
    mean, low, high = (f"{value:.{digits}f}" for value in interval)
    return mean if low == high else f"{mean} ({low}–{high})"


def examples(systems: list[System], posts: Posts, *, seed: int) -> str:
    """Returns passages drawn by the seed, each with the first variation of every system in its first run."""
    rng = random.Random(seed)
    drawable = [
        (place, number)
        for place, row in enumerate(posts.evaluated)
        for number, passage in enumerate(passages_of(row))
        if len(passage.split()) in EXAMPLE_WORDS
    ]
    parts = [f"Drawn by seed {seed} from passages of {EXAMPLE_WORDS[0]} to {EXAMPLE_WORDS[-1]} words.\n"]
    for count, (place, number) in enumerate(rng.sample(drawable, EXAMPLES), 1):
        source = passages_of(posts.evaluated[place])
        parts += [
            f"## {count}. {posts.evaluated[place]['post_id']}\n",
            f"**source**\n\n> {escape(source[number], quote=False)}\n",
        ]
        for each in systems:
            varied = each.runs[0][place]
            text = varied[0][number % len(varied[0])] if varied else "(none accepted)"
            parts.append(f"**{each.name}**\n\n> {escape(text, quote=False)}\n")
    return "\n".join(parts)


def plot(systems: dict[str, dict[str, Any]], path: Path) -> None:
    """Plots meaning and fluency against the amount of change."""
    mpl.use("agg")
    figure, axes = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
    titles = {"similarity": COLUMNS["similarity"], "surprise_plain": f"{COLUMNS['surprise']}, without links"}
    for axis, (name, title) in zip(axes, titles.items(), strict=True):
        for label, figures in systems.items():
            (x, *_), (y, low, high) = figures["changed"], figures[name]
            axis.errorbar(x, y, yerr=[[y - low], [high - y]], marker="o" if label.startswith("blogvae") else ".")
            axis.annotate(label, (x, y), xytext=(4, 4), textcoords="offset points", fontsize=8)
        axis.margins(x=0.2)
        axis.set(xlabel=COLUMNS["changed"], ylabel=title)
    figure.savefig(path, dpi=120)
