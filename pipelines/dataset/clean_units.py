"""First half of prepare: every unit's files read, cleaned, and staged below `.work`."""

from __future__ import annotations

import gc
import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam

from pipelines.clean.boilerplate import BOILERPLATE_POSTS_IN_UNIT, candidate_lines
from pipelines.clean.clean import clean
from pipelines.clean.language import prose_of
from pipelines.clean.pii import mask_blocks, mask_personal_data
from pipelines.clean.title import plain_title
from pipelines.dataset.staged_posts import (
    STAGED_GROUP,
    CleanPost,
    content_sha256,
    receipt_path,
    staged_part,
    staged_schema,
    table_of,
)
from pipelines.dedup.minhash import band_hashes
from pipelines.errors import UserError
from pipelines.posts.post import EXCERPT_CHARACTERS, MARKDOWN, REJECTS_SCHEMA, RawPost, Reject, site_of, text_of
from pipelines.read.fields.day_order import DayOrders
from pipelines.read.reader import read_raw_posts
from pipelines.write.atomic import read_json, write_json
from pipelines.write.receipts import is_done
from vae.language.identify import identify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from pipelines.posts.post import Block
    from pipelines.read.plan import WorkUnit
    from vae.language.identify import Identified

_SURE: Final = 0.5
"""Confidence from which a post of another language is rejected (the threshold of CCNet, Wenzek et al. 2020)."""

UNREAD: Final = 3
"""Dates shown that were not understood."""

_BATCH_CHARACTERS: Final = 4 << 20
_LAST_WORD = re.compile(r"\S*\Z")


@dataclass(frozen=True, kw_only=True)
class CleanSettings:
    """What the staged files follow from, beside the inputs."""

    columns: Mapping[str, str] | None
    languages: tuple[str, ...]
    mask_pii: bool
    bands: int
    rows: int
    content_kind: str = ""
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class StagedUnit:
    """A cleaned unit: its files below `.work`, its posts by site, and the lines that many of its posts share."""

    number: int
    fingerprint: str
    posts_by_site: dict[str, int]
    lines: list[tuple[str, str, int]]


class CleanUnits(beam.PTransform):
    """WorkUnits to StagedUnits; a unit staged before is not read again."""

    def __init__(self, *, output: str, settings: CleanSettings) -> None:
        super().__init__()
        self.output, self.settings = output, settings

    def expand(self, units: Any) -> Any:
        """One element is one unit."""
        return units | "CleanUnit" >> beam.Map(clean_unit, output=self.output, settings=self.settings)


def clean_unit(unit: WorkUnit, *, output: str, settings: CleanSettings) -> StagedUnit:
    """Reads, cleans and stages one unit. Safe to repeat: the same files come out."""
    path = receipt_path(output, unit.fingerprint)
    if not is_done(path, output=output):
        write_json(path, _Unit(output, unit, settings).stage())
        gc.collect()  # a unit leaves few objects in cycles, which hold much
    receipt = read_json(path)
    return StagedUnit(
        number=unit.number,
        fingerprint=unit.fingerprint,
        posts_by_site=receipt["posts_by_site"],
        lines=receipt["lines"],
    )


class _Unit:
    """One unit on its way in."""

    def __init__(self, output: str, unit: WorkUnit, settings: CleanSettings) -> None:
        self.output, self.unit, self.settings = output, unit, settings
        self.pii: Counter[str] = Counter()
        self.sites: Counter[str] = Counter()
        self.lines: Counter[tuple[str, str]] = Counter()
        self.seen: set[str] = set()
        self.days = DayOrders()

    def stage(self) -> dict[str, Any]:
        """Writes the unit's posts and rejects; what its receipt says."""
        read = 0
        files: list[dict[str, Any]] = []
        name, schema = self.unit.fingerprint, staged_schema(self.settings.bands)
        with (
            staged_part(self.output, name, "posts", schema, files=files) as posts,
            staged_part(self.output, name, "rejects", REJECTS_SCHEMA, files=files) as rejects,
        ):
            for batch in _batches(self.days.settle(self._items())):
                read += len(batch)
                taken = self._cleaned_or_named(batch)
                for reject in (each for each in taken if isinstance(each, Reject)):
                    rejects.write(asdict(self._masked(reject)))
                if clean_posts := [each for each in taken if isinstance(each, CleanPost)]:
                    posts.write_table(self._table(clean_posts))
        return {
            "files": files,
            "read": read,
            "pii": dict(sorted(self.pii.items())),
            "dates_in_doubt": {f"{site}: {order}": count for (site, order), count in sorted(self.days.decided.items())},
            "dates_unread": dict(sorted(self.days.unread.items(), key=lambda unread: (-unread[1], unread[0]))[:UNREAD]),
            "dates_unread_count": self.days.unread.total(),
            "posts_by_site": dict(sorted(self.sites.items())),
            "lines": sorted([*key, count] for key, count in self.lines.items() if count >= BOILERPLATE_POSTS_IN_UNIT),
        }

    def _items(self) -> Iterator[RawPost | Reject]:
        for file in self.unit.files:
            for item in read_raw_posts(file, columns=self.settings.columns, part=self.unit.part):
                if isinstance(item, RawPost):
                    kind = self.settings.content_kind or item.content_kind or file.content_kind or MARKDOWN
                    yield item if item.content_kind == kind else replace(item, content_kind=kind)
                else:
                    yield item

    def _cleaned_or_named(self, batch: list[RawPost | Reject]) -> list[CleanPost | Reject]:
        """What becomes of each item. A fault of ours fails the job, naming the post: it is no reject.

        Raises:
            RuntimeError: cleaning a post failed.
        """
        try:
            return self._cleaned(batch)
        except (UserError, OSError, MemoryError):
            raise
        except Exception as error:
            item = next((item for item in batch if self._fails(item)), batch[0])
            told = f"{type(error).__name__}: {' '.join(str(error).split())}"
            raise RuntimeError(f"{item.source}#{item.position} could not be cleaned ({told})") from error

    def _fails(self, item: RawPost | Reject) -> bool:
        try:
            self._cleaned([item])
        except Exception:  # noqa: BLE001 - it is told by whoever asks
            return True
        return False

    def _cleaned(self, batch: list[RawPost | Reject]) -> list[CleanPost | Reject]:
        """What becomes of each item, in order; each step takes the whole batch, for its code and tables stay cached."""
        batch = [replace(i, title=plain_title(i.title)) if isinstance(i, RawPost) else i for i in batch]
        blocks = [clean(item.content, item.content_kind) if isinstance(item, RawPost) else [] for item in batch]
        if self.settings.mask_pii:
            batch, blocks = self._without_pii(batch, blocks)
        languages = [identify(prose_of(each)) for each in blocks]
        return [
            self._taken(item, own, language) if isinstance(item, RawPost) else item
            for item, own, language in zip(batch, blocks, languages, strict=True)
        ]

    def _without_pii(
        self, batch: list[RawPost | Reject], blocks: list[list[Block]]
    ) -> tuple[list[RawPost | Reject], list[list[Block]]]:
        masked: list[RawPost | Reject] = []
        masked_blocks = []
        for item, own in zip(batch, blocks, strict=True):
            if isinstance(item, RawPost):
                clear, found = mask_blocks(own)
                (title, in_title), (author, in_author) = mask_personal_data(item.title), mask_personal_data(item.author)
                self.pii.update(found + in_title + in_author)
                masked.append(replace(item, title=title, author=author, content=mask_personal_data(item.content)[0]))
                masked_blocks.append(clear)
            else:
                masked.append(item)
                masked_blocks.append(own)
        return masked, masked_blocks

    def _taken(self, raw: RawPost, blocks: list[Block], language: Identified) -> CleanPost | Reject:
        if self.settings.until and raw.date > self.settings.until:
            return _reject(raw, stage="read", reason="not published yet", value=raw.date, threshold=self.settings.until)
        if not blocks:
            return _reject(raw, stage="clean", reason="no text after cleaning")
        if language.confidence >= _SURE and self.settings.languages and language.code not in self.settings.languages:
            return _reject(
                raw,
                stage="language",
                reason="other language",
                value=f"{language.code} {language.confidence}",
                threshold=f"{', '.join(self.settings.languages)} {_SURE}",
            )
        text = text_of(blocks)
        post = CleanPost(raw=raw, blocks=blocks, text=text, content_sha256=content_sha256(text), language=language.code)
        self._count_lines(post)
        return post

    def _table(self, posts: list[CleanPost]) -> pa.Table:
        texts = [post.text for post in posts]
        return table_of(posts, band_hashes(texts, bands=self.settings.bands, rows=self.settings.rows))

    def _count_lines(self, post: CleanPost) -> None:
        """A post that comes again says nothing of what others share."""
        site = site_of(post.raw.source, post.raw.position)
        self.sites[site] += 1
        if post.content_sha256 not in self.seen:
            self.seen.add(post.content_sha256)
            self.lines.update((site, line) for line in candidate_lines(post.blocks))

    def _masked(self, reject: Reject) -> Reject:
        if not self.settings.mask_pii:
            return reject
        excerpt = reject.excerpt
        if len(excerpt) == EXCERPT_CHARACTERS:  # half an address at the end would pass for a word
            excerpt = _LAST_WORD.sub("", excerpt)
        return replace(reject, excerpt=mask_personal_data(excerpt)[0])


def _batches(items: Iterator[RawPost | Reject]) -> Iterator[list[RawPost | Reject]]:
    """At most STAGED_GROUP items, or what came to _BATCH_CHARACTERS before."""
    batch: list[RawPost | Reject] = []
    characters = 0
    for item in items:
        batch.append(item)
        characters += len(item.content) if isinstance(item, RawPost) else 0
        if len(batch) == STAGED_GROUP or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _reject(raw: RawPost, *, stage: str, reason: str, value: str = "", threshold: str = "") -> Reject:
    return Reject(
        source=raw.source,
        position=raw.position,
        post_id=raw.post_id,
        stage=stage,
        reason=reason,
        value=value,
        threshold=threshold,
        excerpt=raw.content[:EXCERPT_CHARACTERS],
    )
