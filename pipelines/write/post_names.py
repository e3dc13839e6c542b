"""Names the files of posts. Names are readable, unique, and valid on every operating system."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final
from unicodedata import category, normalize

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST: Final = 100
"""Most bytes of a name, so that with a suffix and a digest it stays below the 255 that file systems allow."""

_RESERVED: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""Names that Windows reserves for devices (Microsoft, Naming Files, Paths, and Namespaces)."""

_HYPHENS: Final = re.compile("-+")


class PostNames:
    """Names posts after their category (or the folder in their id), their date and their title.

    No two names are equal, even if case is ignored: among posts that would share a name, the first gets it, and the
    others get a digest of their id behind it. All names are kept in memory.
    """

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def name(self, post: Mapping[str, Any]) -> str:
        """Returns the post's path with '/' and without a suffix. A later call returns the same path."""
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
    slugs = map(_slug, labels[:1] if labels else post["post_id"].split("/")[:-1])
    return [f"{slug}-" if _RESERVED.fullmatch(slug) else slug for slug in slugs if slug]


def _slug(text: str) -> str:
    """Returns the letters and digits of any script in lower case, with a hyphen for everything between them."""
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    words = _HYPHENS.sub("-", "".join(character if category(character)[0] in "LMN" else "-" for character in folded))
    return words.strip("-").encode()[:_LONGEST].decode(errors="ignore").rstrip("-")
