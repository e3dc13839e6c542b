"""File names of posts: readable, one post's alone, and good on every system."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final
from unicodedata import category, normalize

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST: Final = 100
"""Bytes of a name's words: with what is put before and after them they stay below the 255 that file systems take."""

_RESERVED: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""What Windows takes for devices (Microsoft, Naming Files, Paths, and Namespaces)."""

_HYPHENS: Final = re.compile("-+")


class PostNames:
    """Names posts after their category (or the folder in their id), date and title, no two alike in any case.

    Of posts that would share a name the first has it; a digest of the id follows in the others'. One name a post is
    held.
    """

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def name(self, post: Mapping[str, Any]) -> str:
        """The post's path without a suffix, with '/', the same each time it is asked for."""
        post_id = post["post_id"]
        name = plain = "/".join([*_folders(post), _slug(f"{post['date'] or ''} {_title(post)}") or "post"])
        digits = 8
        while self._owners.setdefault(name, post_id) != post_id:
            name = f"{plain}-{hashlib.sha256(post_id.encode()).hexdigest()[:digits]}"
            digits += 8
        return name


def _title(post: Mapping[str, Any]) -> str:
    return str(post["title"] or post["post_id"].rpartition("/")[2])


def _folders(post: Mapping[str, Any]) -> list[str]:
    labels = post["category"]
    found = map(_slug, labels[:1] if labels else post["post_id"].split("/")[:-1])
    return [f"{slug}-" if _RESERVED.fullmatch(slug) else slug for slug in found if slug]


def _slug(text: str) -> str:
    """Letters and digits of any script in lower case, a hyphen for whatever stands between them."""
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    words = _HYPHENS.sub("-", "".join(each if category(each)[0] in "LMN" else "-" for each in folded))
    return words.strip("-").encode()[:_LONGEST].decode(errors="ignore").rstrip("-")
