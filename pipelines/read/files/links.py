from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LINKED_FOLDER: Final = "linked folder"
DANGLING: Final = "link to nothing"
CLOSED_FOLDER: Final = "folder that cannot be read"


def unfollowed_below(folder: str) -> Iterator[tuple[str, str]]:
    """What a listing of a local folder passes over, and what it is: one of the kinds above; nothing of a store.

    Links to files are read as the files; those to folders are not followed, since they may lead in a circle.
    """
    if "://" in folder or not os.path.isdir(folder):  # noqa: PTH112 - Path takes thrice the time
        return
    left = [folder]
    while left:
        try:
            with os.scandir(left[-1]) as entries:
                found = list(entries)
        except OSError:
            yield left.pop(), CLOSED_FOLDER
            continue
        left.pop()
        for entry in found:
            if entry.is_symlink():
                if entry.is_dir():
                    yield entry.path, LINKED_FOLDER
                elif not os.path.exists(entry.path):  # noqa: PTH110 - Path takes thrice the time
                    yield entry.path, DANGLING
            elif entry.is_dir():
                left.append(entry.path)
