from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
