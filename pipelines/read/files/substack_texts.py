"""Substack exports a list `posts.csv` and one HTML file a post; they become one input."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipelines.read.files.file_kinds import SUBSTACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.read.files.input_file import InputFile

_LIST: Final = "posts.csv"
_TEXTS: Final = "posts/"
_NUMBERED = re.compile(r"\d+(?:\..*)?\.html")


def join_substack_texts(files: Mapping[str, InputFile]) -> tuple[InputFile, ...]:
    """The files without the HTML files of Substack's posts, which the list beside their folder `posts/` now holds.

    Args:
        files: the inputs by their paths.
    """
    beside: dict[str, list[str]] = {
        place.removesuffix(_LIST): [] for place in files if place == _LIST or place.endswith(f"/{_LIST}")
    }
    for place in files if beside else ():
        folder, _, name = place.rpartition("/")
        above = f"{folder}/".removesuffix(_TEXTS)
        if above in beside and f"{folder}/".endswith(_TEXTS) and _NUMBERED.fullmatch(name):
            beside[above].append(place)
    taken = {place for places in beside.values() for place in places}
    lists = {f"{above}{_LIST}": places for above, places in beside.items() if places}
    return tuple(
        replace(file, kind=SUBSTACK, beside=tuple(files[each] for each in lists[place])) if place in lists else file
        for place, file in files.items()
        if place not in taken
    )
