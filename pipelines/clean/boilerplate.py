"""Lines that a site repeats word for word from post to post, such as "Subscribe to our newsletter"."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from pipelines.posts.post import LINK, PARAGRAPH, QUOTE, Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

BOILERPLATE_CHARACTERS: Final = 24
"""Shorter lines ("Highlights", "Cloud Controller") are labels of what follows."""

BOILERPLATE_POSTS: Final = 10
BOILERPLATE_SHARE: Final = 0.002
"""Of the site's posts. What 8,451 posts of eighteen sites repeat more seldom is often their own: questions of an
interview, a step of a recipe."""

BOILERPLATE_POSTS_IN_UNIT: Final = 2
"""A line in fewer posts of a unit of work need not be counted across units."""

_KINDS = frozenset({PARAGRAPH, QUOTE, LINK})
"""Repeated list items are known bugs, members and events, and repeated headings are a post's order."""


def candidate_lines(blocks: Sequence[Block]) -> Iterable[str]:
    """The texts of a post that may be boilerplate, each once: paragraphs, quotes and links that lead to nothing."""
    return dict.fromkeys(block.text for block in blocks if _is_candidate(block))


def line_key(text: str) -> int:
    """A line's BLAKE2b hash as a signed integer of 64 bits, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def is_boilerplate(*, posts_with_line: int, posts_of_site: int) -> bool:
    """Whether a line that so many of the site's posts hold says nothing of any one of them."""
    return posts_with_line >= max(BOILERPLATE_POSTS, BOILERPLATE_SHARE * posts_of_site)


def without_lines(blocks: Sequence[Block], keys: AbstractSet[int]) -> list[Block]:
    """The blocks but for the candidates whose key is among `keys`."""
    return [block for block in blocks if not (_is_candidate(block) and line_key(block.text) in keys)]


def _is_candidate(block: Block) -> bool:
    # A colon announces code, a list or an answer, which would stand there unannounced.
    return block.kind in _KINDS and len(block.text) >= BOILERPLATE_CHARACTERS and not block.text.endswith((":", "："))
