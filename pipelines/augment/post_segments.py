"""Cuts posts into segments that may be varied, and puts posts together again from varied segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.filters.unfinished import end_like_source
from pipelines.posts.post import PARAGRAPH, Block, text_of
from pipelines.posts.varied_text import split_marker
from tokenizer.segments import Segment, cut
from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.text_vae import TextVAE
    from vae.variation.variation import Edit


@dataclass(frozen=True, kw_only=True)
class SegmentedPost:
    """A post and its segments, block after block.

    Attributes:
        post: the row of posts/.
        blocks: the blocks of the post.
        markers: the list marker before each block's words, "" for none.
        counts: the number of segments of each block; a block without segments is kept as it is.
        segments: the segments of all blocks.
    """

    post: dict[str, Any]
    blocks: tuple[Block, ...]
    markers: tuple[str, ...]
    counts: tuple[int, ...]
    segments: tuple[Segment, ...]

    @property
    def can_vary(self) -> bool:
        """Whether any segment may be varied."""
        return any(segment.ids for segment in self.segments)


@dataclass(frozen=True, kw_only=True)
class AssembledPost:
    """A varied post.

    Attributes:
        text: the whole text.
        segments: the texts of its segments.
        change: the share of changed words over its segments.
        segments_changed: the number of segments that differ from the source.
        edits: the exchanges of words; none if segments were decoded as a whole.
    """

    text: str
    segments: tuple[str, ...]
    change: float
    segments_changed: int
    edits: tuple[Edit, ...] = ()


def segment_post(post: dict[str, Any], model: TextVAE) -> SegmentedPost:
    """Cuts a row of posts/ into segments. For a model of whole posts, only the first segment of its words is kept."""
    blocks = tuple(Block(**block) for block in post["blocks"])
    parts = [split_marker(block) for block in blocks]
    if model.unit == "post":
        words = " ".join(text for _, text in parts if text)
        blocks, parts = (Block(kind=PARAGRAPH, text=words),), [("", words)]
    segments = cut([text for _, text in parts], tokenizer=model.tokenizer, max_len=model.max_len)
    if model.unit == "post":
        segments = [of_block[:1] for of_block in segments]
    return SegmentedPost(
        post=post,
        blocks=blocks,
        markers=tuple(marker for marker, _ in parts),
        counts=tuple(len(of_block) for of_block in segments),
        segments=tuple(segment for of_block in segments for segment in of_block),
    )


def assemble_post(plan: SegmentedPost, varied: Sequence[str], *, edits: Sequence[Edit] = ()) -> AssembledPost:
    """Replaces the texts of the segments; everything else stays byte for byte.

    A segment that breaks off is ended as its source ends.
    """
    sources = [segment.text for segment in plan.segments]
    texts = [
        source if text == source else end_like_source(text, source=source, code=plan.post["language"]) or source
        for source, text in zip(sources, varied, strict=True)
    ]
    blocks: list[Block] = []
    remaining = iter(texts)
    for block, marker, count in zip(plan.blocks, plan.markers, plan.counts, strict=True):
        words = " ".join(next(remaining) for _ in range(count))
        blocks.append(Block(kind=block.kind, text=marker + words) if count else block)
    sizes = [len(source.split()) for source in sources]
    changes = [changed_words(source, text) for source, text in zip(sources, texts, strict=True)]
    return AssembledPost(
        text=text_of(blocks),
        segments=tuple(texts),
        change=sum(share * size for share, size in zip(changes, sizes, strict=True)) / max(1, sum(sizes)),
        segments_changed=sum(text != source for source, text in zip(sources, texts, strict=True)),
        edits=tuple(edits),
    )
