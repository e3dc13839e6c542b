from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LINKED_FOLDER: Final = "linked folder"
DANGLING: Final = "link to nothing"
CLOSED_FOLDER: Final = "folder that cannot be read"


def unfollowed_below(folder: str) -> Iterator[tuple[str, str]]:
    """Finds the paths that a listing of a local folder passes over, each with one of the reasons above.

    A link to a file is read as the file. A link to a folder is not followed, since it may lead in a circle. Below a
    remote folder nothing is looked for.
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
