"""Tells how many posts of a unit have candidates by now, in a small file beside those of the finished units."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def tell_made(candidates: str, posts: int) -> None:
    """Writes how many posts of a unit have candidates, for a bar to show.

    Args:
        candidates: the path of the file that the unit's candidates will be in. A remote one gets no such file.
        posts: how many.
    """
    if "://" not in candidates:
        path = _path(candidates)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(posts), encoding="ascii")


def forget_made(candidates: Iterable[str]) -> None:
    """Removes what was told of these units: a unit that was not finished begins anew."""
    for file in candidates:
        if "://" not in file:
            _path(file).unlink(missing_ok=True)


def posts_made(sizes: Mapping[str, int]) -> int:
    """Returns how many posts have candidates: all of a finished unit, and those that an unfinished one has told of.

    Args:
        sizes: the posts of each unit by the path of its candidates, on this machine.
    """
    return sum(size if Path(file).exists() else min(size, _made(file)) for file, size in sizes.items())


def _made(candidates: str) -> int:
    try:
        return int(_path(candidates).read_text(encoding="ascii"))
    except (OSError, ValueError):  # nothing was told, or it is being written
        return 0


def _path(candidates: str) -> Path:
    return Path(candidates).with_suffix(".made")
