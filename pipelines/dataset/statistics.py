"""Computes stats.json: the counts of all units added up, rates, and signs that the input was misread."""

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
"""The counts of a unit's receipt that are added up name by name."""

EXAMPLES: Final = 3
"""Most rejects shown for each reason."""

LINES: Final = 50
"""Most boilerplate lines shown."""


def dataset_statistics(receipts: Sequence[dict[str, Any]], cleaning: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Adds up the units' counts and computes rates from them.

    `post_words` counts posts by their number of words, rounded up to a power of two, `segment_pieces` segments by
    bucket. Fertility is the number of pieces per word that may be varied (Rust et al. 2021, section 3.2). Coverage is
    the share of characters that the vocabulary's own pieces encode, rather than bytes or the unknown piece.

    Args:
        receipts: the receipts of the encoded units, in the order of the units.
        cleaning: the counts of the cleaned units.
    """
    statistics: dict[str, Any] = {name: _total(receipts, name) for name in COUNTED}
    statistics["pii"] = _total(cleaning, "pii")
    statistics["dates_in_doubt"] = _total(cleaning, "dates_in_doubt")
    statistics["dates_unread"] = _total(cleaning, "dates_unread")
    statistics["dates_unread_count"] = sum(counts["dates_unread_count"] for counts in cleaning)
    totals = statistics["totals"]
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


def boilerplate_lines(by_site: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """Returns source, line and posts of the lines that most posts repeat, given each site's lines with their posts."""
    lines = [(-posts, site, line) for site, of_site in by_site.items() for line, posts in of_site.items()]
    return [{"source": site, "line": line, "posts": -posts} for posts, site, line in sorted(lines)[:LINES]]


def _total(receipts: Sequence[dict[str, Any]], name: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for receipt in receipts:
        total.update(receipt.get(name, {}))
    return dict(sorted(total.items()))


_MOST: Final = 0.5
"""Share of posts or characters above which something odd raises suspicion."""

_LEAST_POSTS: Final = 10
"""Fewest posts of which a share says anything."""

_FAR_BELOW: Final = 0.5
"""Share of the requested vocabulary below which a trained tokenizer raises suspicion."""


def suspicions(statistics: Mapping[str, Any], *, vocab_size: int | None) -> list[str]:
    """Returns a line for each sign that the input may have been misread, with advice on what to look at.

    Args:
        statistics: the content of stats.json.
        vocab_size: the pieces that a tokenizer was to be trained with, None if the tokenizer was given.
    """
    lines: list[str] = []
    languages, totals = statistics["posts_by_language"], statistics["totals"]
    posts = sum(languages.values())
    if posts >= _LEAST_POSTS and languages.get("und", 0) > _MOST * posts:
        share = 100 * languages["und"] / posts
        lines.append(f"{share:.0f} % of the posts are in no language that could be identified: look at texts in posts/")
    characters, code = totals.get("characters_read", 0), totals.get("characters_code", 0)
    if posts >= _LEAST_POSTS and characters and code > _MOST * characters:
        share = 100 * code / characters
        lines.append(f"{share:.0f} % of all characters are code: if these are prose, give --content-kind plain or html")
    if vocab_size and statistics["vocab_size"] < _FAR_BELOW * vocab_size:
        lines.append(
            f"the tokenizer has {statistics['vocab_size']} pieces of {vocab_size} asked for: few words were read"
        )
    return lines
