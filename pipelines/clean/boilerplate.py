"""Finds and drops lines that a site repeats word for word from post to post ("Subscribe to our newsletter")."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from pipelines.posts.post import LINK, PARAGRAPH, QUOTE, Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

BOILERPLATE_CHARACTERS: Final = 24
"""The fewest characters of a boilerplate line; shorter ones ("Highlights") are labels of what follows."""

BOILERPLATE_POSTS: Final = 10
BOILERPLATE_SHARE: Final = 0.002
"""The share of a site's posts that must hold a line. Rarer repeated lines are often part of the posts, as questions of
an interview or steps of a recipe are (seen in 8,451 posts of eighteen sites)."""

BOILERPLATE_POSTS_IN_UNIT: Final = 2
"""A line in fewer posts of a unit of work need not be counted across units."""

_KINDS = frozenset({PARAGRAPH, QUOTE, LINK})
"""List items and headings are left out: repeated ones are known bugs, members, events, or the order of a post."""


def candidate_lines(blocks: Sequence[Block]) -> Iterable[str]:
    """The texts of a post that may be boilerplate, each once: paragraphs, quotes and links that introduce nothing."""
    return dict.fromkeys(block.text for block in blocks if _is_candidate(block))


def line_key(text: str) -> int:
    """The BLAKE2b hash of a line as a signed integer of 64 bits, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def is_boilerplate(*, posts_with_line: int, posts_of_site: int) -> bool:
    """Whether a line is boilerplate, given how many of the site's posts hold it."""
    return posts_with_line >= max(BOILERPLATE_POSTS, BOILERPLATE_SHARE * posts_of_site)


def without_lines(blocks: Sequence[Block], keys: AbstractSet[int]) -> list[Block]:
    """The blocks without the candidates whose key is in `keys`."""
    return [block for block in blocks if not (_is_candidate(block) and line_key(block.text) in keys)]


def _is_candidate(block: Block) -> bool:
    # A colon announces code, a list or an answer, which would stand there unannounced.
    return block.kind in _KINDS and len(block.text) >= BOILERPLATE_CHARACTERS and not block.text.endswith((":", "："))
