"""The stages of the utility study: variations, embeddings, classifiers. Each task of a stage makes one file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from arms import AUGMENT, JUDGE, PEER, ours
from classifiers import CLASSIFIERS, Rows, TfidfRegression, counts_of, measured
from labelled_posts import SIZES
from variations import Variations, by_augment, by_guide, by_judge, by_peer, embed, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from arms import Arm, Made
    from labelled_posts import LabelledPosts, Split
    from variations import Blogvae

SEED = 5


@dataclass(frozen=True, kw_only=True)
class Task:
    """A file to make unless it exists, the function that makes it, and its arguments."""

    path: Path
    make: Callable[..., None]
    given: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Study:
    """The posts, splits, arms and folder of a study; `guided_splits` is how many splits guided arms have, by size."""

    output: Path
    posts: LabelledPosts
    splits: list[Split]
    arms: tuple[Arm, ...]
    guided_splits: dict[str, int]

    def sets(self) -> dict[Path, tuple[Made, str, int]]:
        """Returns the files of all sets of variations; a guided set has a file for each size and split."""
        return {
            path: (arm.made, size, split)
            for arm in self.arms
            if arm.made
            for (size, split), path in self.sets_of(arm).items()
        }

    def sets_of(self, arm: Arm) -> dict[tuple[str, int], Path]:
        """Returns the file of the arm's variations by size and split; for an arm without any, no such file exists."""
        name = arm.made.name if arm.made else "none"
        if arm.guided:
            return {
                (size, split): self._file("made", name, size, str(split))
                for size, count in self.guided_splits.items()
                for split in range(count)
            }
        return {(size, split): self._file("made", name) for size in SIZES for split in range(len(self.splits))}

    def scores(self, arm: Arm, classifier: str) -> Path:
        """Returns the file of an arm's measured values."""
        splits = [str(count) for count in self.guided_splits.values()] if arm.guided else []
        return self._file("scores", arm.name, *splits, classifier)

    def training(self, size: str, split: int) -> Any:
        """Returns the indices of the training posts."""
        return self.splits[split].training(self.posts.labels, size)

    def vectors(self) -> Path:
        """Returns the file of the posts' embeddings."""
        return self._file("made", "posts").with_suffix(".npy")

    def _file(self, folder: str, *names: str) -> Path:
        return self.output / folder / ("-".join(names).replace(",", "").replace(" ", "-") + ".json")


def making(study: Study, *, dataset: Path, blogvae: Blogvae) -> Iterator[Task]:
    """Yields the tasks that make variations, except those of `judge`; `dataset` has the study's posts."""
    for path, (made, size, split) in study.sets().items():
        if made.by == PEER:
            yield Task(path=path, make=by_peer, given={"system": made.name, "posts": study.posts})
            continue
        given = {"blogvae": blogvae, "dataset": dataset, "posts": study.posts, "change": made.change}
        if made.by == AUGMENT:
            yield Task(path=path, make=by_augment, given=given)
        elif made.guided:
            guidance = {"kind": made.by, "training": study.training(size, split)}
            yield Task(path=path, make=by_guide, given=given | guidance)


def judging(study: Study, *, blogvae: Blogvae) -> Iterator[Task]:
    """Yields the tasks that judge variations by other rules."""
    files = {made: path for path, (made, *_) in study.sets().items()}
    for made, path in files.items():
        if made.by == JUDGE:
            given = {"blogvae": blogvae, "made": files[ours(made.change)], "posts": study.posts, "rules": made.rules}
            yield Task(path=path, make=by_judge, given=given)


def embedding(study: Study) -> Iterator[Task]:
    """Yields the tasks that embed the posts and each set of variations."""
    yield Task(path=study.vectors(), make=embed, given={"texts": study.posts.texts})
    for path in study.sets():
        if not path.with_suffix(".npy").exists():
            texts = [text for of_post in Variations.read(path).texts for text in of_post]
            yield Task(path=path.with_suffix(".npy"), make=embed, given={"texts": texts})


def scoring(study: Study) -> Iterator[Task]:
    """Yields the tasks that train and measure classifiers, the slow ones first."""
    for arm in sorted(study.arms, key=lambda arm: -len(arm.weights)):
        for classifier in CLASSIFIERS:
            given = {"study": study, "arm": arm, "classifier": classifier}
            yield Task(path=study.scores(arm, classifier), make=score, given=given)


def score(path: Path, *, study: Study, arm: Arm, classifier: str) -> None:
    """Trains and measures an arm in every split, and writes the values by size."""
    values: dict[str, list[dict[str, float]]] = {size: [] for size in SIZES}
    file, rows = None, None
    for (size, split), needed in study.sets_of(arm).items():
        if rows is None or file != needed:
            file, rows = needed, rows_of(study, needed if arm.made else None, classifier)
        values[size].append(
            measured(
                CLASSIFIERS[classifier],
                arm,
                rows,
                study.posts.labels,
                training=study.training(size, split),
                test=study.splits[split].test,
                seed=SEED + split,
            )
        )
    write_json(path, values)


def rows_of(study: Study, file: Path | None, classifier: str) -> Rows:
    """Returns the features of the posts and of the variations in a file."""
    posts = np.arange(len(study.posts.rows))
    texts = Variations.read(file).texts if file else [[] for _ in posts]
    varied = [text for of_post in texts for text in of_post]
    if classifier == TfidfRegression.name:
        features = counts_of([*study.posts.texts, *varied])
    else:
        features = np.load(study.vectors())
        features = np.concatenate([features, np.load(file.with_suffix(".npy"))]) if file and varied else features
    return Rows(
        features=features,
        owners=np.concatenate([posts, np.repeat(posts, [len(of_post) for of_post in texts])]),
        variants=np.concatenate([0 * posts, *(np.arange(1, len(of_post) + 1) for of_post in texts)]),
    )


def read_scores(study: Study, arm: Arm, classifier: str) -> dict[str, list[dict[str, float]]]:
    """Reads the values that `score` wrote."""
    values: dict[str, list[dict[str, float]]] = json.loads(study.scores(arm, classifier).read_text(encoding="utf-8"))
    return values
