"""The first half of prepare: reads and cleans the files of each unit, and stages its posts below `.work`."""

from __future__ import annotations

import gc
import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam

from pipelines.clean.boilerplate import BOILERPLATE_POSTS_IN_UNIT, candidate_lines
from pipelines.clean.clean import clean
from pipelines.clean.language import language_of, prose_of
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
from pipelines.posts.post import EXCERPT_CHARACTERS, MARKDOWN, RawPost, Reject, site_of, text_of
from pipelines.posts.schemas import REJECTS_SCHEMA
from pipelines.read.fields.day_order import DayOrders
from pipelines.read.reader import read_raw_posts
from pipelines.write.atomic import read_json, write_json
from pipelines.write.receipts import is_done

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from pipelines.posts.post import Block
    from pipelines.read.plan import WorkUnit
    from vae.language.identify import Identified

_SURE: Final = 0.5
"""Confidence of the language identifier from which a post in another language is rejected.

This is the threshold of CCNet (Wenzek et al. 2020).
"""

UNREAD: Final = 3
"""How many of the dates that could not be read a receipt lists, the most frequent first."""

_BATCH_CHARACTERS: Final = 4 << 20
_LAST_WORD = re.compile(r"\S*\Z")


@dataclass(frozen=True, kw_only=True)
class CleanSettings:
    """The settings that decide what the staged files contain, besides the inputs."""

    columns: Mapping[str, str] | None
    languages: tuple[str, ...]
    mask_pii: bool
    bands: int
    rows: int
    content_kind: str = ""
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class StagedUnit:
    """A cleaned unit, whose files are staged below `.work`.

    posts_by_site: the number of posts of each site; lines: (site, line, posts) of the lines that many posts share;
    counts: what else the receipt counts, for stats.json.
    """

    number: int
    fingerprint: str
    posts_by_site: dict[str, int]
    lines: list[tuple[str, str, int]]
    counts: dict[str, Any]


class CleanUnits(beam.PTransform):
    """Turns WorkUnits into StagedUnits. A unit that is already staged is not read again."""

    def __init__(self, *, output: str, settings: CleanSettings) -> None:
        super().__init__()
        self.output, self.settings = output, settings

    def expand(self, units: Any) -> Any:
        """Stages the units, one element each."""
        return units | "CleanUnit" >> beam.Map(clean_unit, output=self.output, settings=self.settings)


def clean_unit(unit: WorkUnit, *, output: str, settings: CleanSettings) -> StagedUnit:
    """Reads, cleans and stages one unit. A repeated call writes the same files."""
    path = receipt_path(output, unit.fingerprint)
    if not is_done(path, output=output):
        write_json(path, _Unit(output, unit, settings).stage())
        gc.collect()  # a unit leaves few reference cycles, but they hold much memory
    receipt = read_json(path)
    return StagedUnit(
        number=unit.number,
        fingerprint=unit.fingerprint,
        posts_by_site=receipt["posts_by_site"],
        lines=receipt["lines"],
        counts=receipt["counts"],
    )


class _Unit:
    """Stages one unit and counts what its receipt reports."""

    def __init__(self, output: str, unit: WorkUnit, settings: CleanSettings) -> None:
        self.output, self.unit, self.settings = output, unit, settings
        self.pii: Counter[str] = Counter()
        self.sites: Counter[str] = Counter()
        self.lines: Counter[tuple[str, str]] = Counter()
        self.seen: set[str] = set()
        self.days = DayOrders()

    def stage(self) -> dict[str, Any]:
        """Writes the unit's posts and rejects, and returns its receipt."""
        read = 0
        files: list[dict[str, Any]] = []
        name, schema = self.unit.fingerprint, staged_schema(self.settings.bands)
        with (
            staged_part(self.output, name, "posts", schema, files=files) as posts,
            staged_part(self.output, name, "rejects", REJECTS_SCHEMA, files=files) as rejects,
        ):
            for batch in _batches(self.days.settle(self._items())):
                read += len(batch)
                cleaned = self._cleaned_or_named(batch)
                for reject in (item for item in cleaned if isinstance(item, Reject)):
                    rejects.write(asdict(self._masked(reject)))
                if clean_posts := [item for item in cleaned if isinstance(item, CleanPost)]:
                    posts.write_table(self._table(clean_posts))
        return {
            "files": files,
            "counts": {"read": read, "pii": dict(sorted(self.pii.items())), **self._dates()},
            "posts_by_site": dict(sorted(self.sites.items())),
            "lines": sorted([*key, count] for key, count in self.lines.items() if count >= BOILERPLATE_POSTS_IN_UNIT),
        }

    def _dates(self) -> dict[str, Any]:
        in_doubt, unread = sorted(self.days.decided.items()), self.days.unread
        return {
            "dates_in_doubt": {f"{site}: {order}": count for (site, order), count in in_doubt},
            "dates_unread": dict(sorted(unread.items(), key=lambda date: (-date[1], date[0]))[:UNREAD]),
            "dates_unread_count": unread.total(),
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
        """Cleans a batch. A bug in the cleaning code fails the job with the name of the post, rather than rejecting it.

        Raises:
            RuntimeError: cleaning a post raised an unexpected error.
        """
        try:
            return self._cleaned(batch)
        except (UserError, OSError, MemoryError):
            raise
        except Exception as error:
            item = next((item for item in batch if self._fails(item)), batch[0])
            cause = f"{type(error).__name__}: {' '.join(str(error).split())}"
            raise RuntimeError(f"{item.source}#{item.position} could not be cleaned ({cause})") from error

    def _fails(self, item: RawPost | Reject) -> bool:
        try:
            self._cleaned([item])
        except Exception:  # noqa: BLE001 - the caller reports the error of the whole batch
            return True
        return False

    def _cleaned(self, batch: list[RawPost | Reject]) -> list[CleanPost | Reject]:
        """Returns a post or a reject for each item, in order.

        Each step takes the whole batch, so that its code and tables stay in the processor's cache.
        """
        batch = [_with_plain_title(item) if isinstance(item, RawPost) else item for item in batch]
        blocks = [clean(item.content, item.content_kind) if isinstance(item, RawPost) else [] for item in batch]
        if self.settings.mask_pii:
            batch, blocks = self._without_pii(batch, blocks)
        wanted = self.settings.languages
        languages = [language_of(prose_of(blocks_of_item), wanted=wanted) for blocks_of_item in blocks]
        return [
            self._accepted(item, blocks_of_item, language) if isinstance(item, RawPost) else item
            for item, blocks_of_item, language in zip(batch, blocks, languages, strict=True)
        ]

    def _without_pii(
        self, batch: list[RawPost | Reject], blocks: list[list[Block]]
    ) -> tuple[list[RawPost | Reject], list[list[Block]]]:
        masked: list[RawPost | Reject] = []
        masked_blocks = []
        for item, blocks_of_item in zip(batch, blocks, strict=True):
            if isinstance(item, RawPost):
                blocks_without, in_blocks = mask_blocks(blocks_of_item)
                (title, in_title), (author, in_author) = mask_personal_data(item.title), mask_personal_data(item.author)
                self.pii.update(in_blocks + in_title + in_author)
                masked.append(replace(item, title=title, author=author, content=mask_personal_data(item.content)[0]))
                masked_blocks.append(blocks_without)
            else:
                masked.append(item)
                masked_blocks.append(blocks_of_item)
        return masked, masked_blocks

    def _accepted(self, raw: RawPost, blocks: list[Block], language: Identified) -> CleanPost | Reject:
        """Returns the post, or the reason why it is rejected."""
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
        """Counts the post's lines that may be boilerplate."""
        site = site_of(post.raw.source, post.raw.position)
        self.sites[site] += 1
        if post.content_sha256 not in self.seen:  # a copy of a post is no evidence that different posts share a line
            self.seen.add(post.content_sha256)
            for line in candidate_lines(post.blocks):
                self.lines[site, line] += 1

    def _masked(self, reject: Reject) -> Reject:
        if not self.settings.mask_pii:
            return reject
        excerpt = reject.excerpt
        if len(excerpt) == EXCERPT_CHARACTERS:  # half an e-mail address at the cut would not be recognized
            excerpt = _LAST_WORD.sub("", excerpt)
        return replace(reject, excerpt=mask_personal_data(excerpt)[0])


def _batches(items: Iterator[RawPost | Reject]) -> Iterator[list[RawPost | Reject]]:
    """Yields the items in batches of STAGED_GROUP, or fewer once a batch holds _BATCH_CHARACTERS."""
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


def _with_plain_title(post: RawPost) -> RawPost:
    title = plain_title(post.title)
    return post if title == post.title else replace(post, title=title)  # to replace costs more than to compare


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
