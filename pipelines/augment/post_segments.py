"""Posts taken apart into segments that may be varied, and put together again around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.filters.unfinished import finish
from pipelines.posts.post import PARAGRAPH, Block, text_of
from pipelines.posts.varied_text import split_marker
from tokenizer.segments import Segment, cut
from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.text_vae import TextVAE
    from vae.variation.variation import Edit


@dataclass(frozen=True, kw_only=True)
class PostPlan:
    """A post and its segments, block after block; `counts` says how many segments each block has (0: kept)."""

    post: dict[str, Any]
    blocks: tuple[Block, ...]
    markers: tuple[str, ...]
    counts: tuple[int, ...]
    segments: tuple[Segment, ...]

    @property
    def can_vary(self) -> bool:
        """Whether any segment may change."""
        return any(segment.ids for segment in self.segments)


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """A whole post again and its segments' texts; `change` is the share of changed words over its segments.

    `edits` is what was exchanged, where that was done word by word.
    """

    text: str
    segments: tuple[str, ...]
    change: float
    segments_changed: int
    edits: tuple[Edit, ...] = ()


def plan_post(post: dict[str, Any], model: TextVAE) -> PostPlan:
    """Cuts a row of posts/ into segments; with a model of whole posts, its words become one segment, cut off."""
    blocks = tuple(Block(**block) for block in post["blocks"])
    parted = [split_marker(block) for block in blocks]
    if model.unit == "post":
        words = " ".join(text for _, text in parted if text)
        blocks, parted = (Block(kind=PARAGRAPH, text=words),), [("", words)]
    texts = cut([text for _, text in parted], tokenizer=model.tokenizer, max_len=model.max_len)
    if model.unit == "post":
        texts = [text[:1] for text in texts]
    return PostPlan(
        post=post,
        blocks=blocks,
        markers=tuple(marker for marker, _ in parted),
        counts=tuple(len(text) for text in texts),
        segments=tuple(segment for text in texts for segment in text),
    )


def assemble(plan: PostPlan, varied: Sequence[str], *, edits: Sequence[Edit] = ()) -> Assembled:
    """The post with its segments' texts replaced; all else byte for byte.

    Segments decoded as a whole are ended as their sources end; edits keep the marks of their places.
    """
    sources = [segment.text for segment in plan.segments]
    texts = [
        source if text == source else finish(text, source=source, code=plan.post["language"]) or source
        for source, text in zip(sources, varied, strict=True)
    ]
    blocks: list[Block] = []
    waiting = iter(texts)
    for block, marker, count in zip(plan.blocks, plan.markers, plan.counts, strict=True):
        words = " ".join(next(waiting) for _ in range(count))
        blocks.append(Block(kind=block.kind, text=marker + words) if count else block)
    sizes = [len(source.split()) for source in sources]
    changes = [changed_words(source, text) for source, text in zip(sources, texts, strict=True)]
    return Assembled(
        text=text_of(blocks),
        segments=tuple(texts),
        change=sum(share * size for share, size in zip(changes, sizes, strict=True)) / max(1, sum(sizes)),
        segments_changed=sum(text != source for source, text in zip(sources, texts, strict=True)),
        edits=tuple(edits),
    )
