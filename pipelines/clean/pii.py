"""Masks personal data in texts: each piece becomes the name of its kind."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pipelines.clean.pii_kinds import CARD_NUMBER, EMAIL, IBAN, IPV4, IPV6, PHONE, PiiKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.posts.post import Block

_GROUPS_OF_DIGITS = re.compile(r"[0-9](?:[ ().:/-]{0,3}[0-9]){6}")
_GROUPS_OF_HEX = re.compile(r"::|:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]")
"""All kinds but e-mail addresses have one or the other; few blocks pass this quick test."""


def mask_personal_data(text: str) -> tuple[str, Counter[str]]:
    """Writes [EMAIL], [PHONE], [IP], [CARD] and [IBAN] for personal data, and counts them by these names.

    A card number must be of a known network and pass Luhn's check; an account number must pass the check of ISO 13616.
    A phone number must fit the numbering plan and the usual groups of its country. An IP address must be global. Ten
    digits in a row stay, since they are as often an id. Four numbers with dots, two of them below ten, stay as a
    version (1.25.3.1), and with them nine in a thousand addresses.
    """
    counts: Counter[str] = Counter()
    return _masked(text, counts), counts


def mask_blocks(blocks: Sequence[Block]) -> tuple[list[Block], Counter[str]]:
    """Masks blocks of any kind, code included, as `mask_personal_data` does, and counts over all blocks."""
    masked: list[Block] = []
    counts: Counter[str] = Counter()
    for block in blocks:
        text = _masked(block.text, counts)
        masked.append(block if text == block.text else block._replace(text=text))
    return masked, counts


def _masked(text: str, counts: Counter[str]) -> str:
    if "@" in text:
        text = _without(text, EMAIL, counts)
    if _GROUPS_OF_HEX.search(text):
        text = _without(text, IPV6, counts)
    if _GROUPS_OF_DIGITS.search(text):
        for kind in (IBAN, CARD_NUMBER, IPV4, PHONE):
            text = _without(text, kind, counts)
    return text


def _without(text: str, kind: PiiKind, counts: Counter[str]) -> str:
    parts: list[str] = []
    done = position = 0
    while found := kind.candidate.search(text, position):
        start, position = kind.span(found)
        if start < position:
            space = " " if _reads_on(text, start, position) else ""
            parts += [text[done:start], f"[{kind.name}]{space}"]
            done = position
            counts[kind.name] += 1
    return "".join([*parts, text[done:]]) if parts else text


def _reads_on(text: str, start: int, end: int) -> bool:
    """Whether Markdown might read a word in brackets here and the text after it as a link or its definition."""
    following = text[end : end + 1]
    return following in {"(", "["} or (following == ":" and text[start - 1 : start] not in {"/", "@"})
