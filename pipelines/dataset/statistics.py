"""What stats.json says of a dataset: the units' counts added up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COUNTED: Final = (
    "totals",
    "posts_by_split",
    "posts_by_source",
    "posts_by_language",
    "posts_by_month",
    "post_words",
    "segment_pieces",
    "rejects",
    "duplicates",
)
EXAMPLES: Final = 3
"""Rejects shown for each reason."""

LINES: Final = 50
"""Boilerplate lines shown."""


def dataset_statistics(receipts: Sequence[dict[str, Any]], cleaning: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts by name, and rates over them.

    `post_words` counts posts up to so many words, `segment_pieces` segments by bucket. Fertility is pieces per word
    that may be varied (Rust et al. 2021, section 3.2); coverage the share of characters that pieces of the
    vocabulary stand for, not bytes and not the unknown piece.

    Args:
        receipts: of the encoded units, in their order.
        cleaning: of the staged units.
    """
    statistics: dict[str, Any] = {name: _total(receipts, name) for name in COUNTED}
    statistics["pii"] = _total(cleaning, "pii")
    statistics["dates_in_doubt"] = _total(cleaning, "dates_in_doubt")
    statistics["dates_unread"] = _total(cleaning, "dates_unread")
    statistics["dates_unread_count"] = sum(receipt.get("dates_unread_count", 0) for receipt in cleaning)
    totals = statistics["totals"]
    statistics["boilerplate_lines_removed"] = sum(receipt.get("boilerplate_lines_removed", 0) for receipt in cleaning)
    examples: dict[str, list[Any]] = {}
    for receipt in receipts:
        for reason, shown in receipt.get("reject_examples", {}).items():
            examples[reason] = [*examples.get(reason, []), *shown][:EXAMPLES]
    statistics["reject_examples"] = dict(sorted(examples.items()))
    statistics["duplicates"]["largest"] = max((receipt["largest_cluster"] for receipt in receipts), default=0)
    statistics["front_matter_errors"] = sum(receipt["front_matter_errors"] for receipt in receipts)
    words, pieces, characters = (totals.get(name, 0) for name in ("words_varied", "pieces", "characters"))
    statistics["fertility"] = round(pieces / words, 4) if words else None
    statistics["unknown_rate"] = round(totals["pieces_unknown"] / pieces, 6) if pieces else None
    statistics["coverage"] = round(1 - totals["characters_uncovered"] / characters, 6) if characters else None
    return statistics


def boilerplate_lines(found: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """The most repeated lines: source, line, posts."""
    lines = [(-posts, source, line) for source, of_source in found.items() for line, posts in of_source.items()]
    return [{"source": source, "line": line, "posts": -posts} for posts, source, line in sorted(lines)[:LINES]]


def _total(receipts: Sequence[dict[str, Any]], name: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for receipt in receipts:
        total.update(receipt.get(name, {}))
    return dict(sorted(total.items()))


_MOST: Final = 0.5
_LEAST_POSTS: Final = 10
"""Of fewer posts one odd one is most of them."""

_FAR_BELOW: Final = 0.5


def suspicions(statistics: Mapping[str, Any], *, asked: int | None) -> list[str]:
    """What is so unlike a corpus of posts that something may have been read wrongly: a line each, with what to look at.

    Args:
        statistics: what stats.json holds.
        asked: the pieces asked for of a tokenizer that was trained, None of one that was given.
    """
    found: list[str] = []
    languages, totals = statistics["posts_by_language"], statistics["totals"]
    posts = sum(languages.values())
    if posts >= _LEAST_POSTS and languages.get("und", 0) > _MOST * posts:
        share = 100 * languages["und"] / posts
        found.append(f"{share:.0f} % of the posts are in no language that could be told: look at texts in posts/")
    characters, code = totals.get("characters_read", 0), totals.get("characters_code", 0)
    if posts >= _LEAST_POSTS and characters and code > _MOST * characters:
        share = 100 * code / characters
        found.append(f"{share:.0f} % of all characters are code: if these are prose, give --content-kind plain or html")
    if asked and statistics["vocab_size"] < _FAR_BELOW * asked:
        found.append(f"the tokenizer has {statistics['vocab_size']} pieces of {asked} asked for: few words were read")
    return found
