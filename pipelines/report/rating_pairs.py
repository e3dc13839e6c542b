"""Chooses passages of posts and their variations for people to rate."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import UserError
from pipelines.report.differences import compared_passages
from pipelines.report.manifest_folder import VARIATION_PARTS, ManifestFolder, join
from pipelines.report.shown_posts import source_posts
from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

SHORTEST_PASSAGE, LONGEST_PASSAGE = 15, 100
"""The number of words of a passage: enough to judge its English, few enough to read with care."""

MOST_DIFFERENCE = 0.1
"""The most by which the shares of changed words of one passage may differ between folders, since more changes are rated
worse whoever made them."""

POSTS_READ = 8
"""The number of posts that are read for each post asked for, since some have no passage that fits."""

_MARK = re.compile("</?(?:del|ins)>")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A passage of a post and its variation from the folder `variations`; `change` is the share of changed words."""

    post_id: str
    variations: str
    source: str
    variation: str
    change: float


def rating_pairs(folders: Sequence[str], *, posts: int, seed: int) -> list[Pair]:
    """Pairs one passage of each post with its first variation from every folder; `seed` draws the order of the posts.

    The passage is the one that all folders changed, and changed by the most similar share; the seed decides ties.

    Raises:
        UserError: a folder or its dataset is missing or unreadable, or no post fits.
    """
    opened = {folder: ManifestFolder.open(folder, command="augment") for folder in folders}
    known = [set(folder.table(VARIATION_PARTS, ["post_id"])["post_id"].to_pylist()) for folder in opened.values()]
    post_ids = sorted(set.intersection(*known), key=lambda post_id: seeded_digits(seed, post_id))[: posts * POSTS_READ]
    sources = source_posts(dataset=_dataset(opened[folders[0]]), post_ids=post_ids)
    texts = {path: _first_texts(folder, post_ids) for path, folder in opened.items()}
    by_passage: list[list[Pair]] = []
    for post_id in post_ids:
        if post_id in sources and len(by_passage) < posts:
            varied = {folder: texts[folder][post_id] for folder in folders}
            by_passage.extend(_most_alike(post_id, sources[post_id]["text"], varied, seed=seed))
    if not by_passage:
        raise UserError(
            f"{', '.join(folders)}: no post has a changed passage of {SHORTEST_PASSAGE} to {LONGEST_PASSAGE} words in "
            "every folder; let `blogvae augment` write folders of the same posts and the same --change"
        )
    return [pair for pairs in by_passage for pair in pairs]


def seeded_digits(seed: int, *key: str) -> str:
    """Hexadecimal digits that follow from seed and key and look random."""
    return hashlib.sha256(repr((seed, *key)).encode()).hexdigest()


def _dataset(folder: ManifestFolder) -> str:
    dataset = (folder.manifest.get("inputs") or {}).get("dataset")
    if dataset is None:
        raise UserError(f"{folder.path}: MANIFEST.json names no dataset; let `blogvae augment` write the folder again")
    return join(folder.path, dataset)


def _first_texts(folder: ManifestFolder, post_ids: Sequence[str]) -> dict[str, str]:
    rows = folder.table(VARIATION_PARTS, ["post_id", "variant", "text"], post_ids=post_ids).to_pylist()
    return {row["post_id"]: row["text"] for row in sorted(rows, key=lambda row: -row["variant"])}


def _most_alike(post_id: str, source: str, varied: Mapping[str, str], *, seed: int) -> list[list[Pair]]:
    """The pairs of one passage, one for each folder; empty if no passage fits."""
    by_folder = [
        {pair.source: pair for pair in _pairs(post_id, folder, source, text)} for folder, text in varied.items()
    ]
    shared = [
        [pairs[passage] for pairs in by_folder] for passage in by_folder[0] if all(passage in p for p in by_folder)
    ]
    fitting = [pairs for pairs in shared if _spread(pairs) <= MOST_DIFFERENCE]
    return (
        [min(fitting, key=lambda pairs: (_spread(pairs), seeded_digits(seed, post_id, pairs[0].source)))]
        if fitting
        else []
    )


def _spread(pairs: Sequence[Pair]) -> float:
    changes = [pair.change for pair in pairs]
    return max(changes) - min(changes)


def _pairs(post_id: str, folder: str, source: str, text: str) -> list[Pair]:
    passages = [(_plain(p.source), _plain(p.variation)) for p in compared_passages(source, text) if p.changed]
    return [
        Pair(post_id=post_id, variations=folder, source=old, variation=new, change=changed_words(old, new))
        for old, new in passages
        if old != new and SHORTEST_PASSAGE <= len(old.split()) <= LONGEST_PASSAGE
    ]


def _plain(passage: Markup) -> str:
    """The text of a passage without the marks of change."""
    return html.unescape(_MARK.sub("", passage)).strip()
